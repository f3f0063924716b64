using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Orchestrator.Containers.Pools;

/// <summary>Collects everything that is wrong with settings: where, what it is, and what it must be.</summary>
internal sealed class PoolErrors
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> All => _errors;

    public void Add(string place, string complaint) => _errors.Add($"{place} {complaint}");

    /// <summary>Complains about a value outside of a range; one that is not set is fine, and NaN never is.</summary>
    public void Between<T>(T? value, T minimum, T maximum, string place)
        where T : struct, IComparable<T>
    {
        // CompareTo puts NaN below every number.
        if (value is { } set && (set.CompareTo(minimum) < 0 || set.CompareTo(maximum) > 0))
        {
            Add(place, string.Create(CultureInfo.InvariantCulture, $"is {set}; set it from {minimum} to {maximum}."));
        }
    }

    public void AtLeast<T>(T? value, T minimum, string place)
        where T : struct, IComparable<T>
    {
        if (value is { } set && set.CompareTo(minimum) < 0)
        {
            Add(place, string.Create(CultureInfo.InvariantCulture, $"is {set}; set it to {minimum} or more."));
        }
    }

    /// <returns>Whether it is there.</returns>
    public bool NotNull([NotNullWhen(true)] object? value, string place)
    {
        if (value is null)
        {
            Add(place, "is null; leave it out to get its default.");
        }

        return value is not null;
    }
}
