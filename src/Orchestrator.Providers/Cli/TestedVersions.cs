using System.Text.RegularExpressions;

namespace Orchestrator.Providers.Cli;

/// <summary>The versions of a program that our tests have seen, from the oldest to the newest.</summary>
internal sealed partial record TestedVersions
{
    private readonly Version _oldest;
    private readonly Version _newest;

    /// <param name="oldest">The oldest version that was tested.</param>
    /// <param name="newest">The newest; <see langword="null"/> when it is the only one.</param>
    public TestedVersions(string oldest, string? newest = null)
    {
        _oldest = Version.Parse(oldest);
        _newest = newest is null ? _oldest : Version.Parse(newest);
    }

    /// <summary>Where a version stands.</summary>
    /// <param name="printed">What the program printed, words around the number included.</param>
    /// <returns><c>inside</c>, <c>older</c>, <c>newer</c>, or <c>unknown</c> for words without a version.</returns>
    public string PlaceOf(string printed)
    {
        if (Number().Match(printed) is not { Success: true } match || !Version.TryParse(match.Groups["number"].ValueSpan, out var version))
        {
            return "unknown";
        }

        // 1.2.0-rc.1 comes before 1.2.0.
        var isBefore = match.Groups["suffix"].Success;
        var (toOldest, toNewest) = (version.CompareTo(_oldest), version.CompareTo(_newest));
        return toOldest < 0 || (toOldest == 0 && isBefore) ? "older" : toNewest > 0 ? "newer" : "inside";
    }

    /// <summary>The range as people read it: one version, or two with <c>..</c> between them.</summary>
    public override string ToString() => _oldest == _newest ? _oldest.ToString() : $"{_oldest}..{_newest}";

    [GeneratedRegex(@"(?<![\d.])(?<number>\d{1,9}(?:\.\d{1,9}){1,3})(?<suffix>-[0-9A-Za-z])?", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
