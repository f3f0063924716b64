using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Orchestrator.Routing.Validation;

/// <summary>Collects everything that is wrong, in the order in which it is found.</summary>
internal sealed class SettingErrors
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> All => _errors;

    public int Count => _errors.Count;

    public void Add(string error) => _errors.Add(error);

    public void AddRange(IEnumerable<string> errors) => _errors.AddRange(errors);

    /// <summary>Complains about a value outside of a range; one that is not set is fine.</summary>
    public void Between<T>(T? value, T minimum, T maximum, string name)
        where T : struct, IComparable<T>
    {
        // CompareTo puts NaN below every number.
        if (value is { } set && (set.CompareTo(minimum) < 0 || set.CompareTo(maximum) > 0))
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {set}; it must be from {minimum} to {maximum}."));
        }
    }

    /// <summary>Complains about a value below a minimum; one that is not set is fine.</summary>
    public void AtLeast<T>(T? value, T minimum, string name)
        where T : struct, IComparable<T>
    {
        if (value is { } set && set.CompareTo(minimum) < 0)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {set}; it must be at least {minimum}."));
        }
    }

    /// <summary>Complains about a share that is none, or that is 0.</summary>
    public void AboveZeroToOne(double value, string name)
    {
        if (!(value > 0 && value <= 1))
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be above 0 and at most 1."));
        }
    }

    /// <summary>Complains about a value that is missing.</summary>
    /// <returns>Whether it is there.</returns>
    public bool NotNull([NotNullWhen(true)] object? value, string name)
    {
        if (value is null)
        {
            Add($"{name} must not be null.");
        }

        return value is not null;
    }

    /// <summary>Complains about a name that nobody could read or store.</summary>
    public void Name(string? value, string name)
    {
        if (string.IsNullOrWhiteSpace(value) || value.Length > 100 || value.Any(char.IsControl))
        {
            Add($"{name} must be 1 to 100 characters without control characters.");
        }
    }

    /// <summary>Complains about names that are there twice.</summary>
    public void Unique(IEnumerable<string?> names, string what)
    {
        foreach (var twice in names.Where(name => !string.IsNullOrWhiteSpace(name)).GroupBy(name => name!, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            Add($"{twice.Count()} {what} are named '{twice.Key}': names must differ, also in more than their case.");
        }
    }

    /// <summary>Complains about empty entries of a list of texts; a list that is not set is fine.</summary>
    public void NoEmpty(IEnumerable<string?>? texts, string name)
    {
        if (texts?.Any(string.IsNullOrWhiteSpace) == true)
        {
            Add($"{name} holds an empty text.");
        }
    }

    /// <summary>Complains about values that are not among the known ones, and about a list without values.</summary>
    public void Values<TEnum>(IEnumerable<TEnum>? values, string name, bool mayBeEmpty)
        where TEnum : struct, Enum
    {
        if (values is null)
        {
            return;
        }

        var known = EnumValues<TEnum>.Known;
        foreach (var value in values.Except(known))
        {
            Add($"{name} holds {value}; known: {string.Join(", ", known)}.");
        }

        if (!mayBeEmpty && !values.Any())
        {
            Add($"{name} is an empty list, so that nothing would match; leave it out for what the provider says itself.");
        }
    }
}
