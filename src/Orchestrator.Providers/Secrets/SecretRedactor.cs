using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Orchestrator.Secrets;

/// <summary>Takes known secrets out of text: as they are, in Base64 at any alignment, and URL- or JSON-escaped; of one with several lines also each line by itself.</summary>
/// <remarks>
/// Thread-safe. Lines without <see cref="ShortestLine"/> letters and digits in a row, mixed as in a key, and the markers around keys (<c>-----BEGIN …</c>) are no secrets by themselves, and of a secret with
/// more than 1000 lines only those are known by themselves. Values shorter than <see cref="ShortestSecret"/> characters are not redacted: they would tear words out of ordinary text and protect nothing
/// that could not be guessed. At construction it learns the environment's values of all <see cref="SecretNames.All"/> and their aliases.
/// </remarks>
public sealed partial class SecretRedactor : ISecretRedactor
{
    /// <summary>The fewest characters of a value that is redacted.</summary>
    public const int ShortestSecret = 8;

    /// <summary>The fewest letters and digits in a row, mixed as in a key, that make a line of a secret redacted by itself.</summary>
    public const int ShortestLine = 16;

    private const string Mask = "***";
    private const int MostLines = 1000;

    // Where one line of a secret ends: keys are often kept in one line, with the ends written out.
    private static readonly string[] LineEnds = ["\r\n", "\n", "\r", @"\r\n", @"\n"];

    private readonly Lock _gate = new(); // Guards the set and the replacement of the array below; readers take the array as it is.
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private volatile string[] _forms = [];

    /// <summary>Creates a redactor that knows the secrets in this process' environment.</summary>
    public SecretRedactor()
    {
        foreach (var name in SecretNames.All.SelectMany(static name => SecretNames.AliasesOf(name).Prepend(name)))
        {
            if (Environment.GetEnvironmentVariable(name) is { } value && !string.IsNullOrWhiteSpace(value))
            {
                Add(new SecretValue(value));
            }
        }
    }

    /// <inheritdoc/>
    public void Add(SecretValue secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var value = secret.Reveal().Trim();
        if (value.Length < ShortestSecret)
        {
            return;
        }

        lock (_gate)
        {
            if (_values.Add(value))
            {
                // The longest first, so that no form hides part of a longer one.
                _forms = [.. _forms.Concat(FormsOf(value)).Concat(LinesOf(value).SelectMany(EscapesOf)).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length)];
            }
        }
    }

    /// <inheritdoc/>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public string? Redact(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return text;
        }

        foreach (var form in _forms)
        {
            // Gives the same instance when there is nothing to replace.
            text = text.Replace(form, Mask, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>The lines of a secret that has several: output comes line by line.</summary>
    private static IEnumerable<string> LinesOf(string value)
    {
        var lines = value.Split(LineEnds, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 1 ? [] : lines.Where(static line => !line.StartsWith("-----", StringComparison.Ordinal) && KeyLike().IsMatch(line)).Take(MostLines);
    }

    /// <summary>Part of a key: small letters mixed with capitals or digits, unbroken. What else stands in a secret of several lines, such as the names and addresses in a service account, stands in other files as well.</summary>
    [GeneratedRegex("(?=[A-Z0-9+]*[a-z])(?=[a-z+]*[A-Z0-9])[A-Za-z0-9+]{16}", RegexOptions.CultureInvariant)]
    private static partial Regex KeyLike();

    private static IEnumerable<string> EscapesOf(string value) =>
        [value, Uri.EscapeDataString(value), System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(value), Escape(value, slash: "/"), Escape(value, slash: @"\/")];

    private static IEnumerable<string> FormsOf(string value)
    {
        foreach (var form in EscapesOf(value))
        {
            yield return form;
        }

        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
        foreach (var offset in (int[])[0, 1, 2])
        {
            if (Base64Within(value, offset) is { Length: >= ShortestSecret } form)
            {
                yield return form;
                yield return form.Replace('+', '-').Replace('/', '_');
            }
        }
    }

    /// <summary>As JavaScript and most other writers of JSON put it: only what has to be is escaped, and by some a slash.</summary>
    private static string Escape(string value, string slash)
    {
        var text = new StringBuilder(value.Length);
        foreach (var character in value)
        {
            _ = character switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\t' => text.Append(@"\t"),
                '\b' => text.Append(@"\b"),
                '\f' => text.Append(@"\f"),
                '/' => text.Append(slash),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $@"\u{(int)character:x4}"),
                _ => text.Append(character),
            };
        }

        return text.ToString();
    }

    /// <summary>What the value looks like inside the Base64 of a longer text, without the characters that its neighbours share.</summary>
    private static string Base64Within(string value, int offset)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var encoded = Convert.ToBase64String([.. new byte[offset], .. bytes]);
        var skip = offset == 0 ? 0 : offset + 1;
        var whole = (offset + bytes.Length) * 8 / 6;
        return encoded[skip..whole];
    }
}
