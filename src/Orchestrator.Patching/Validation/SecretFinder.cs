using System.Text;

namespace Orchestrator.Patching;

/// <summary>Finds what has the form of a secret, in time proportional to the text.</summary>
internal static class SecretFinder
{
    /// <summary>Nothing is read beyond this, so that a text of nothing but beginnings stays cheap.</summary>
    private const int MaxRest = 256;

    private const int MinDistinct = 8;
    private const int KeyLine = 40;

    /// <summary>Finds tokens, which stand in one line.</summary>
    /// <returns>Every finding's text with its kind.</returns>
    public static Dictionary<string, string> Tokens(ReadOnlySpan<byte> text)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var form in SecretForm.All)
        {
            Find(text, form, found);
        }

        return found;
    }

    private static void Find(ReadOnlySpan<byte> text, SecretForm form, Dictionary<string, string> found)
    {
        for (var at = 0; text[at..].IndexOf(form.Start) is var next and >= 0;)
        {
            at += next;
            var rest = text[(at + form.Start.Length)..];
            rest = rest[..Math.Min(rest.Length, MaxRest)];
            var length = rest.IndexOfAnyExcept(form.Rest) is var end and >= 0 ? end : rest.Length;
            var isApart = at == 0 || !(char.IsAsciiLetterOrDigit((char)text[at - 1]) || text[at - 1] == '_');
            if (isApart && length >= form.MinRest && IsRandom(rest[..length]))
            {
                found.TryAdd(Encoding.ASCII.GetString(text.Slice(at, form.Start.Length + length)), form.Kind);
            }

            at += form.Start.Length;
        }
    }

    /// <summary>Finds private keys, whose lines tell what they are only together with the line above them.</summary>
    /// <returns>Every finding's text with its kind.</returns>
    public static Dictionary<string, string> Keys(ReadOnlySpan<byte> text)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; text[at..].IndexOf("-----BEGIN "u8) is var next and >= 0;)
        {
            at += next + 1;
            var head = text[at..Math.Min(text.Length, at + 80)];
            var end = head.IndexOf("PRIVATE KEY"u8);
            if (end < 0 || head[..end].Contains((byte)'\n'))
            {
                continue;
            }

            var body = text[(at + end)..Math.Min(text.Length, at + end + (4 * MaxRest))];
            if (FirstRun(body) is { IsEmpty: false } run)
            {
                found.TryAdd(Encoding.ASCII.GetString(run), "a private key");
            }
        }

        return found;
    }

    /// <summary>The first stretch of key text that is as long as a line of a key.</summary>
    private static ReadOnlySpan<byte> FirstRun(ReadOnlySpan<byte> body)
    {
        while (body.IndexOfAny(SecretForm.KeyText) is var start and >= 0)
        {
            body = body[start..];
            var length = body.IndexOfAnyExcept(SecretForm.KeyText) is var end and >= 0 ? end : body.Length;
            if (length >= KeyLine && IsRandom(body[..length]))
            {
                return body[..length];
            }

            body = body[length..];
        }

        return default;
    }

    /// <summary>Placeholders repeat themselves, or say that they are examples.</summary>
    private static bool IsRandom(ReadOnlySpan<byte> text)
    {
        var seen = (UInt128)0;
        foreach (var c in text)
        {
            seen |= UInt128.One << (c & 127);
        }

        return UInt128.PopCount(seen) >= MinDistinct && text.IndexOf("EXAMPLE"u8) < 0;
    }
}
