using System.Text;
using System.Text.Encodings.Web;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Proxy.Forwarding;

/// <summary>Blots the real key out of answers, should a server say it back: as it is, escaped, or in Base64. Lengths stay as they are, and only what may be the beginning of the key waits for the next bytes.</summary>
/// <remarks>Thread-safe. Keys of fewer than 8 characters are let be: they would tear words out of ordinary answers and protect nothing.</remarks>
internal sealed class KeyScrubber
{
    private const char Blot = '*';

    private readonly string[] _forms;
    private readonly byte[][] _bytes;

    public KeyScrubber(SecretValue key)
    {
        var value = key.Reveal();
        string[] forms = [value, JavaScriptEncoder.Default.Encode(value), value.Replace("/", @"\/", StringComparison.Ordinal), Uri.EscapeDataString(value), Convert.ToBase64String(Encoding.ASCII.GetBytes(value))];
        _forms = value.Length < SecretRedactor.ShortestSecret ? [] : [.. forms.Distinct(StringComparer.Ordinal).OrderByDescending(static form => form.Length)];
        _bytes = [.. _forms.Select(Encoding.ASCII.GetBytes)];
        MaxHeld = _forms.Length == 0 ? 0 : _forms[0].Length - 1;
    }

    /// <summary>How many bytes may have to wait.</summary>
    public int MaxHeld { get; }

    /// <summary>Blots the key out where it stands.</summary>
    /// <returns>How many bytes at the end may be the beginning of a key and have to wait for what follows.</returns>
    public int Scrub(Span<byte> data)
    {
        var held = 0;
        foreach (var form in _bytes)
        {
            var rest = data;
            for (int at; (at = rest.IndexOf(form)) >= 0; rest = rest[(at + form.Length)..])
            {
                rest.Slice(at, form.Length).Fill((byte)Blot);
            }

            held = Math.Max(held, Beginning(data, form));
        }

        return held;
    }

    public string Scrub(string text)
    {
        foreach (var form in _forms)
        {
            text = text.Replace(form, new string(Blot, form.Length), StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>How much of a key's beginning the data ends with.</summary>
    private static int Beginning(ReadOnlySpan<byte> data, ReadOnlySpan<byte> form)
    {
        for (var length = Math.Min(form.Length - 1, data.Length); length > 0; length--)
        {
            if (data.EndsWith(form[..length]))
            {
                return length;
            }
        }

        return 0;
    }
}
