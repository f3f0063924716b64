namespace Orchestrator.Architecture.Tests.Documentation;

/// <summary>One member of each kind, for the tests of the documentation checker.</summary>
/// <typeparam name="T">Anything.</typeparam>
public sealed class DocumentedSample<T>
{
    /// <summary>A constant.</summary>
    public const int Limit = 5;

    private readonly int _value;

    /// <summary>A constructor.</summary>
    public DocumentedSample(int value) => _value = value;

    /// <summary>An event.</summary>
    public event EventHandler? Changed;

    /// <summary>An indexer.</summary>
    public int this[int index] => _value + index;

    /// <summary>A conversion.</summary>
    public static implicit operator int(DocumentedSample<T> sample) => sample?._value ?? 0;

    /// <summary>A method with generics of both kinds, an array and a reference.</summary>
    public bool Find<TKey>(Dictionary<string, T[]> items, ref TKey key)
    {
        Changed?.Invoke(this, EventArgs.Empty);
        return items?.ContainsKey(key?.ToString() ?? string.Empty) == true;
    }

    /// <inheritdoc />
    public override string ToString() => $"{_value}";
}
