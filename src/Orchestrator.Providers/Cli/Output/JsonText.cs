using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Providers.Cli.Output;

/// <summary>Reads JSON strings that hold half of a surrogate pair, as a program leaves it that cuts text in the middle of an emoji.</summary>
internal static partial class JsonText
{
    /// <summary>The string; halves of pairs become U+FFFD.</summary>
    public static string Read(JsonElement text)
    {
        try
        {
            return text.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            var whole = Escapes().Replace(text.GetRawText(), static escape => escape.Groups["half"].Success ? "\\ufffd" : escape.Value);
            using var document = JsonDocument.Parse(whole);
            return document.RootElement.GetString() ?? "";
        }
    }

    // Whole pairs and other escapes are matched first, so that what is left over is a half.
    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", RegexOptions.CultureInvariant)]
    private static partial Regex Escapes();
}
