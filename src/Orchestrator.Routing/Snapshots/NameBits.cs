using System.Collections.Frozen;

namespace Orchestrator.Routing.Snapshots;

/// <summary>Gives each name of a set, such as the capabilities that providers declare, one bit, in any case. The 64th and later names share the last bit, and are then compared by name.</summary>
internal sealed class NameBits
{
    /// <summary>The bit of all names that found no bit of their own.</summary>
    public const ulong SharedBit = 1UL << 63;

    private readonly FrozenDictionary<string, int> _bits;

    public NameBits(IEnumerable<string> names) =>
        _bits = names.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)
            .Select((name, index) => KeyValuePair.Create(name, Math.Min(index, 63)))
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The bits of the names.</summary>
    /// <param name="names">The names.</param>
    /// <param name="isKnown">Whether some provider declares each of them.</param>
    /// <returns>One bit a name.</returns>
    public ulong ToMask(ValueList<string> names, out bool isKnown)
    {
        var mask = 0UL;
        isKnown = true;
        foreach (var name in names.AsSpan())
        {
            if (_bits.TryGetValue(name, out var bit))
            {
                mask |= 1UL << bit;
            }
            else
            {
                isKnown = false;
            }
        }

        return mask;
    }
}
