using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator;

/// <summary>An immutable map from text to text that compares by its entries; keys are case-sensitive.</summary>
/// <remarks>Thread-safe, as nothing can change it. Enumerates in ordinal order of the keys, so that JSON and hashes are stable.</remarks>
[JsonConverter(typeof(ValueMapJsonConverter))]
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "The twin of ValueList; 'Dictionary' says that it can change.")]
public sealed class ValueMap : IReadOnlyDictionary<string, string>, IEquatable<ValueMap>
{
    private readonly FrozenDictionary<string, string> _entries;
    private readonly string[] _keys;

    /// <summary>Copies the entries.</summary>
    /// <param name="entries">Keys and values; neither may be null.</param>
    /// <exception cref="ArgumentException">A key occurs twice.</exception>
    public ValueMap(IEnumerable<KeyValuePair<string, string>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        _entries = entries.ToDictionary(StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal);
        _keys = [.. _entries.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The map without entries.</summary>
    public static ValueMap Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => _keys.Select(key => _entries[key]);

    /// <inheritdoc/>
    public string this[string key] => _entries[key];

    /// <summary>A map with one more entry, or with the value of <paramref name="key"/> replaced.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>A new map; this one stays as it is.</returns>
    public ValueMap With(string key, string value) => new(_entries.Where(entry => entry.Key != key).Append(KeyValuePair.Create(key, value)));

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _entries.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _entries.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        _keys.Select(key => KeyValuePair.Create(key, _entries[key])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ValueMap? other) => other is not null && this.SequenceEqual(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueMap);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (key, value) in this)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <summary>The entries in braces, for logs and test output.</summary>
    /// <returns>For example <c>{area=billing}</c>.</returns>
    public override string ToString() => $"{{{string.Join(", ", this.Select(entry => $"{entry.Key}={entry.Value}"))}}}";
}
