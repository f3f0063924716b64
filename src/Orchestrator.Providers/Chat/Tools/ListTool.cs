using System.Globalization;
using System.Text;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Lists a directory.</summary>
internal sealed class ListTool(WorkspaceTree tree) : IChatTool
{
    private const int MaxEntries = 1000;

    public ToolDescription Description { get; } = new(
        "list",
        ToolKind.Read,
        "Lists files and directories, with the sizes of files.",
        new ToolParameter("path", ToolParameterKind.Text, "The directory; the workspace when left out."),
        new ToolParameter("depth", ToolParameterKind.Number, "How many levels are listed: 1 to 10, 2 when left out."));

    public string TargetOf(ToolArguments arguments) => arguments.Text("path") ?? ".";

    public ValueTask<ToolResult> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var place = tree.Resolve(arguments.Text("path") ?? "");
        if (place.Refusal is { } refusal)
        {
            return ValueTask.FromResult(ToolResult.Refusal(refusal));
        }

        if (!Directory.Exists(place.Absolute))
        {
            return ValueTask.FromResult(ToolResult.Error($"There is no directory '{place.Relative}'."));
        }

        var lines = new List<string>();
        Add(lines, new DirectoryInfo(place.Absolute), Math.Min(arguments.Number("depth") ?? 2, 10), cancellationToken);
        var text = new StringBuilder().AppendJoin('\n', lines.Take(MaxEntries));
        if (lines.Count > MaxEntries)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[There are more than {MaxEntries} entries: list a directory of them, or a smaller depth.]");
        }

        return ValueTask.FromResult(ToolResult.Ok(lines.Count == 0 ? "The directory is empty." : text.ToString()));
    }

    private void Add(List<string> lines, DirectoryInfo directory, int depth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var entry in WorkspaceTree.Entries(directory))
        {
            if (lines.Count > MaxEntries)
            {
                return;
            }

            if (entry.LinkTarget is not null)
            {
                lines.Add($"{tree.RelativeOf(entry)} (a symbolic link, not followed)");
            }
            else if (!WorkspaceTree.IsHidden(entry))
            {
                lines.Add(entry is FileInfo file ? string.Create(CultureInfo.InvariantCulture, $"{tree.RelativeOf(entry)} ({file.Length} bytes)") : tree.RelativeOf(entry) + "/");
                if (entry is DirectoryInfo below && depth > 1)
                {
                    Add(lines, below, depth - 1, cancellationToken);
                }
            }
        }
    }
}
