using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Searches the text of files.</summary>
internal sealed class SearchTool(WorkspaceTree tree) : IChatTool
{
    private const int MaxMatches = 200;
    private const int MaxFiles = 50_000;
    private const int LongestLine = 300;

    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(5);

    public ToolDescription Description { get; } = new(
        "search",
        ToolKind.Search,
        "Finds the lines of files that hold a text, as file:line: text.",
        new ToolParameter("pattern", ToolParameterKind.Text, "The text that is looked for, letter for letter unless 'regex' is true.", IsRequired: true),
        new ToolParameter("path", ToolParameterKind.Text, "The file or directory; the workspace when left out."),
        new ToolParameter("files", ToolParameterKind.Text, "Only files of this name, such as *.cs; with a '/' it is compared with the whole path."),
        new ToolParameter("regex", ToolParameterKind.Flag, "Whether the pattern is a regular expression (.NET, without backtracking: no look-around, no back-references)."),
        new ToolParameter("ignore_case", ToolParameterKind.Flag, "Whether upper and lower case are the same."));

    public string TargetOf(ToolArguments arguments) => arguments.Text("pattern") ?? "";

    public ValueTask<ToolResult> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var place = tree.Resolve(arguments.Text("path") ?? "");
        if (place.Refusal is { } refusal)
        {
            return ValueTask.FromResult(ToolResult.Refusal(refusal));
        }

        if (!Path.Exists(place.Absolute))
        {
            return ValueTask.FromResult(ToolResult.Error($"There is no '{place.Relative}'."));
        }

        try
        {
            return ValueTask.FromResult(Search(place, arguments.Text("files"), Matcher(arguments), cancellationToken));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return ValueTask.FromResult(ToolResult.Error($"The pattern cannot be used: {exception.Message}"));
        }
        catch (RegexMatchTimeoutException)
        {
            return ValueTask.FromResult(ToolResult.Error("The pattern takes too long: use a simpler one."));
        }
    }

    private static Func<string, bool> Matcher(ToolArguments arguments)
    {
        var pattern = arguments.Text("pattern")!;
        var ignoreCase = arguments.Flag("ignore_case") == true;
        if (pattern.Length == 0)
        {
            throw new ArgumentException("it is empty.");
        }

        if (arguments.Flag("regex") != true)
        {
            var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            return line => line.Contains(pattern, comparison);
        }

        // Without backtracking the time grows with the line alone, whatever the model writes.
        var regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None), RegexLimit);
        return regex.IsMatch;
    }

    private static bool IsNamed(WorkspacePath file, string? pattern) =>
        pattern is null || FileSystemName.MatchesSimpleExpression(pattern, pattern.Contains('/', StringComparison.Ordinal) ? file.Relative : Path.GetFileName(file.Relative));

    private ToolResult Search(WorkspacePath place, string? names, Func<string, bool> isMatch, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        var seen = 0;
        foreach (var file in tree.Files(place).Where(file => IsNamed(file, names)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (found.Count >= MaxMatches || ++seen > MaxFiles)
            {
                found.Add(string.Create(CultureInfo.InvariantCulture, $"[Only the first {MaxMatches} lines of at most {MaxFiles} files are shown: search in a directory of them, or for more.]"));
                break;
            }

            if (tree.Read(file).Text is { } text)
            {
                AddMatches(found, file, text, isMatch);
            }
        }

        return ToolResult.Ok(found.Count == 0 ? "Nothing was found." : string.Join('\n', found));
    }

    private static void AddMatches(List<string> found, WorkspacePath file, string text, Func<string, bool> isMatch)
    {
        // Lines as 'view' and 'patch' count them.
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length && found.Count < MaxMatches; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (isMatch(line))
            {
                found.Add(string.Create(CultureInfo.InvariantCulture, $"{file.Relative}:{i + 1}: {TextBounds.Line(line, LongestLine)}"));
            }
        }
    }
}
