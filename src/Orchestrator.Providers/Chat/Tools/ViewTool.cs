using System.Globalization;
using System.Text;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Shows a file with the numbers of its lines.</summary>
internal sealed class ViewTool(WorkspaceTree tree, int maxOutput) : IChatTool
{
    private const int LongestLine = 2000;

    public ToolDescription Description { get; } = new(
        "view",
        ToolKind.Read,
        "Shows a text file. Each line comes after its number and a tab, which are not part of the file.",
        new ToolParameter("path", ToolParameterKind.Text, "The file.", IsRequired: true),
        new ToolParameter("start", ToolParameterKind.Number, "The first line, counted from 1."),
        new ToolParameter("end", ToolParameterKind.Number, "The last line."));

    public string TargetOf(ToolArguments arguments) => arguments.Text("path") ?? "";

    public ValueTask<ToolResult> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var place = tree.Resolve(arguments.Text("path")!);
        if (place.Refusal is { } refusal)
        {
            return ValueTask.FromResult(ToolResult.Refusal(refusal));
        }

        var file = tree.Read(place);
        return ValueTask.FromResult(file.Text is { } text
            ? Show(place, text, arguments.Number("start") ?? 1, arguments.Number("end") ?? int.MaxValue)
            : ToolResult.Error(file.Refusal!));
    }

    private ToolResult Show(WorkspacePath place, string text, int start, int end)
    {
        var lines = text.Split('\n');
        var count = text.EndsWith('\n') ? lines.Length - 1 : text.Length == 0 ? 0 : lines.Length;
        if (start > Math.Max(count, 1) || end < start)
        {
            return ToolResult.Error(string.Create(CultureInfo.InvariantCulture, $"'{place.Relative}' has {count} lines; there are no lines {start} to {end}."));
        }

        // Room for the head and the note at the end.
        var room = maxOutput - Math.Min(400, maxOutput / 2);
        var shown = new StringBuilder();
        var line = start;
        for (; line <= Math.Min(end, count); line++)
        {
            var next = string.Create(CultureInfo.InvariantCulture, $"{line}\t{TextBounds.Line(lines[line - 1].TrimEnd('\r'), LongestLine)}\n");
            if (shown.Length + next.Length > room && shown.Length > 0)
            {
                break;
            }

            shown.Append(next);
        }

        var head = string.Create(CultureInfo.InvariantCulture, $"{place.Relative}: {count} lines{(text.Contains("\r\n", StringComparison.Ordinal) ? ", ends of lines are CR LF" : "")}{(count > 0 && !text.EndsWith('\n') ? ", the last one has no end" : "")}\n");
        var more = line <= Math.Min(end, count) ? string.Create(CultureInfo.InvariantCulture, $"[Cut here: view it from line {line} for more.]\n") : "";
        return ToolResult.Ok(head + shown + more);
    }
}
