using System.Text.Json;

namespace Orchestrator.Providers.Proxy.Metering;

/// <summary>Finds the objects named <c>usage</c> or <c>usageMetadata</c> in an answer, JSON or server-sent events of it, whatever its length and however it is cut into pieces.</summary>
/// <remarks>Its memory does not grow with the answer. What the model says stands in strings and cannot be taken for a member.</remarks>
internal sealed class UsageScanner
{
    private const int MaxCounts = 64;

    private static ReadOnlySpan<byte> DataField => "data:"u8;

    private readonly Dictionary<string, long> _found = new(StringComparer.Ordinal);
    private readonly UsageJsonScanner _json;
    private bool _isStream;
    private int _column; // Of the line, up to the field's name.
    private bool _isData;
    private bool _isOther;

    public UsageScanner() => _json = new UsageJsonScanner(Merge);

    /// <summary>The counts by their path, such as <c>input_tokens_details.cached_tokens</c>: the largest of each, as counts in streams only grow.</summary>
    public IReadOnlyDictionary<string, long> Found => _found;

    /// <summary>Whether more was told than the beginning of a message, so that nothing is missing even if the answer breaks off now.</summary>
    public bool HasFinal { get; private set; }

    /// <param name="isStream">Whether server-sent events come.</param>
    public void Begin(bool isStream) => _isStream = isStream;

    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (!_isStream)
        {
            _json.Read(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            if (!_isData && !_isOther)
            {
                bytes = ReadFieldName(bytes);
                continue;
            }

            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..(end + 1)];
            if (_isData)
            {
                _json.Read(line);
            }

            bytes = bytes[line.Length..];
            if (end >= 0)
            {
                (_column, _isData, _isOther) = (0, false, false);
            }
        }
    }

    private ReadOnlySpan<byte> ReadFieldName(ReadOnlySpan<byte> bytes)
    {
        var at = bytes[0];
        if (at == '\n')
        {
            if (_column == 0)
            {
                _json.Reset(); // An empty line ends the event.
            }

            _column = 0;
        }
        else if (at == DataField[_column])
        {
            _column++;
            _isData = _column == DataField.Length;
        }
        else if (at != '\r')
        {
            _isOther = true;
        }

        return bytes[1..];
    }

    private void Merge(ReadOnlyMemory<byte> json, bool isBeginning)
    {
        HasFinal |= !isBeginning;
        try
        {
            using var document = JsonDocument.Parse(json);
            Merge(document.RootElement, prefix: "");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Braces that match and still no JSON, or a name that is no text: it tells nothing.
        }
    }

    private void Merge(JsonElement usage, string prefix)
    {
        foreach (var member in usage.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object && prefix.Length == 0)
            {
                Merge(member.Value, member.Name + ".");
            }
            else if (member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt64(out var count))
            {
                var name = prefix + member.Name;
                if (_found.Count < MaxCounts || _found.ContainsKey(name))
                {
                    _found[name] = Math.Max(_found.GetValueOrDefault(name), count);
                }
            }
        }
    }
}
