using Orchestrator.Patching;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Moves a file.</summary>
internal sealed class MoveTool(WorkspaceTree tree, TreeEdits edits) : IChatTool
{
    public ToolDescription Description { get; } = new(
        "move",
        ToolKind.Edit,
        "Moves or renames a file. Nothing may be at the new place.",
        new ToolParameter("path", ToolParameterKind.Text, "The file.", IsRequired: true),
        new ToolParameter("to", ToolParameterKind.Text, "Its new path.", IsRequired: true));

    public string TargetOf(ToolArguments arguments) => $"{arguments.Text("path")} -> {arguments.Text("to")}";

    public async ValueTask<ToolResult> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var (from, to) = (tree.Resolve(arguments.Text("path")!), tree.Resolve(arguments.Text("to")!));
        if ((from.Refusal ?? to.Refusal) is { } refusal)
        {
            return ToolResult.Refusal(refusal);
        }

        return from.Relative.Length == 0 || to.Relative.Length == 0 || from.Relative == to.Relative
            ? ToolResult.Error("A move needs a file and another path.")
            : await edits.ApplyAsync([new FilePatch { Path = to.Relative, OldPath = from.Relative, Operation = FileOperation.Rename }], cancellationToken).ConfigureAwait(false);
    }
}
