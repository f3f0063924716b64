using System.Text.RegularExpressions;

namespace Orchestrator.Providers.Command;

/// <summary>Fills in <c>{placeholders}</c> once: what is filled in is not looked at again.</summary>
internal static partial class CommandPlaceholders
{
    /// <summary>Replaces each placeholder that <paramref name="valueOf"/> knows; others stay as they are.</summary>
    public static string Fill(string text, Func<string, string?> valueOf) => Pattern().Replace(text, match => valueOf(match.Groups[1].Value) ?? match.Value);

    [GeneratedRegex(@"\{([a-z_]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
