namespace Orchestrator.Architecture.Tests.Sources;

/// <summary>Measures source files.</summary>
internal static class SourceFileChecker
{
    public const int MaxLines = 400;

    public static IEnumerable<string> Complaints(IEnumerable<(string Path, int Lines)> files) => files
        .Where(file => file.Lines > MaxLines)
        .Select(file => $"{file.Path} has {file.Lines} lines; the cap is {MaxLines}: cut it by what its parts do");

    public static int Median(IEnumerable<int> lengths)
    {
        var sorted = lengths.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[sorted.Count / 2];
    }
}
