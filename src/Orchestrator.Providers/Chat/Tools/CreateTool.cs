using Orchestrator.Patching;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Makes a file.</summary>
internal sealed class CreateTool(WorkspaceTree tree, TreeEdits edits) : IChatTool
{
    public ToolDescription Description { get; } = new(
        "create",
        ToolKind.Edit,
        "Makes a file that is not there yet, with the directories above it.",
        new ToolParameter("path", ToolParameterKind.Text, "The file.", IsRequired: true),
        new ToolParameter("file_text", ToolParameterKind.Text, "Its whole content.", IsRequired: true));

    public string TargetOf(ToolArguments arguments) => arguments.Text("path") ?? "";

    public async ValueTask<ToolResult> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var place = tree.Resolve(arguments.Text("path")!);
        if (place.Refusal is { } refusal)
        {
            return ToolResult.Refusal(refusal);
        }

        if (place.Relative.Length == 0)
        {
            return ToolResult.Error("A new file needs a name.");
        }

        var file = new FilePatch { Path = place.Relative, Operation = FileOperation.Create, Content = PatchContent.FromText(arguments.Text("file_text")!) };
        return await edits.ApplyAsync([file], cancellationToken).ConfigureAwait(false);
    }
}
