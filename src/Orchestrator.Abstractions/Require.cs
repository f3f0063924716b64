using System.Runtime.CompilerServices;

namespace Orchestrator;

/// <summary>The checks that value types make when they are built. Each names the property that is wrong.</summary>
internal static class Require
{
    public static T NotNull<T>(T? value, [CallerMemberName] string name = "")
        where T : class => value ?? throw new ArgumentNullException(name);

    public static string Text(string? value, int maxLength = int.MaxValue, [CallerMemberName] string name = "")
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            throw new ArgumentException($"{name} must not be empty.", name);
        }

        return NoNul(value, maxLength, name);
    }

    public static string? OptionalText(string? value, int maxLength = int.MaxValue, [CallerMemberName] string name = "") =>
        value is null ? null : Text(value, maxLength, name);

    public static string TextOrEmpty(string? value, int maxLength, [CallerMemberName] string name = "") => NoNul(NotNull(value, name), maxLength, name);

    /// <summary>Names of providers, queues, capabilities, workers: they end up in SQL, file names, branch names and metric tags.</summary>
    public static string Name(string? value, [CallerMemberName] string name = "")
    {
        if (!Identifiers.IsName(value))
        {
            throw new ArgumentException(
                $"{name} must be 1 to {Identifiers.MaxLength} characters: ASCII letters, digits, '.', '_' or '-', starting with a letter or digit, without '..'.", name);
        }

        return value!;
    }

    public static string? OptionalName(string? value, [CallerMemberName] string name = "") => value is null ? null : Name(value, name);

    public static T InRange<T>(T value, T minimum, T maximum, [CallerMemberName] string name = "")
        where T : IComparable<T>
    {
        if (value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {minimum} and {maximum}.");
        }

        return value;
    }

    public static T AtLeast<T>(T value, T minimum, [CallerMemberName] string name = "")
        where T : IComparable<T>
    {
        if (value.CompareTo(minimum) < 0)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {minimum}.");
        }

        return value;
    }

    public static T? OptionalAtLeast<T>(T? value, T minimum, [CallerMemberName] string name = "")
        where T : struct, IComparable<T> => value is { } some ? AtLeast(some, minimum, name) : null;

    public static T? OptionalInRange<T>(T? value, T minimum, T maximum, [CallerMemberName] string name = "")
        where T : struct, IComparable<T> => value is { } some ? InRange(some, minimum, maximum, name) : null;

    private static string NoNul(string value, int maxLength, string name)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"{name} must not hold a NUL character.", name);
        }

        return value.Length <= maxLength ? value : throw new ArgumentException($"{name} has {value.Length} characters; the limit is {maxLength}.", name);
    }
}
