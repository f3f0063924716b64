using Orchestrator.Patching;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Removes a file.</summary>
internal sealed class DeleteTool(WorkspaceTree tree, TreeEdits edits) : IChatTool
{
    public ToolDescription Description { get; } = new(
        "delete", ToolKind.Edit, "Removes a file.", new ToolParameter("path", ToolParameterKind.Text, "The file.", IsRequired: true));

    public string TargetOf(ToolArguments arguments) => arguments.Text("path") ?? "";

    public async ValueTask<ToolResult> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var place = tree.Resolve(arguments.Text("path")!);
        if (place.Refusal is { } refusal)
        {
            return ToolResult.Refusal(refusal);
        }

        return place.Relative.Length == 0
            ? ToolResult.Error("Name a file.")
            : await edits.ApplyAsync([new FilePatch { Path = place.Relative, Operation = FileOperation.Delete }], cancellationToken).ConfigureAwait(false);
    }
}
