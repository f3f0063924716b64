using Orchestrator.Patching;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Replaces a text by another.</summary>
internal sealed class EditTool(WorkspaceTree tree, TreeEdits edits) : IChatTool
{
    public ToolDescription Description { get; } = new(
        "edit",
        ToolKind.Edit,
        "Replaces a text in a file by another. The old text must stand there exactly once: give enough of the lines around the change. Without the numbers of lines that 'view' shows.",
        new ToolParameter("path", ToolParameterKind.Text, "The file.", IsRequired: true),
        new ToolParameter("old_str", ToolParameterKind.Text, "The text that is there, with its indentation.", IsRequired: true),
        new ToolParameter("new_str", ToolParameterKind.Text, "The text that takes its place; empty to remove it.", IsRequired: true),
        new ToolParameter("replace_all", ToolParameterKind.Flag, "Whether every place is replaced instead of the only one."));

    public string TargetOf(ToolArguments arguments) => arguments.Text("path") ?? "";

    public async ValueTask<ToolResult> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var place = tree.Resolve(arguments.Text("path")!);
        if (place.Refusal is { } refusal)
        {
            return ToolResult.Refusal(refusal);
        }

        var (before, after) = (arguments.Text("old_str")!, arguments.Text("new_str")!);
        if (place.Relative.Length == 0 || before.Length == 0 || before == after)
        {
            return ToolResult.Error("An edit needs a file, a text that is there, and another text: use 'create' for a new file.");
        }

        var edit = new PatchEdit
        {
            Old = PatchContent.FromText(before),
            New = PatchContent.FromText(after),
            IsText = true,
            IsInline = true,
            Occurrence = arguments.Flag("replace_all") == true ? EditOccurrence.All : EditOccurrence.Unique,
        };
        return await edits.ApplyAsync([new FilePatch { Path = place.Relative, Operation = FileOperation.Modify, Edits = [edit] }], cancellationToken).ConfigureAwait(false);
    }
}
