using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Orchestrator;

/// <summary>Makes and checks the text identifiers of the family: task, execution, decision and application ids.</summary>
/// <remarks>Ids are safe as file names, branch names, SQL values and metric tags on every platform.</remarks>
public static class Identifiers
{
    /// <summary>The longest identifier, in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>A new identifier: a UUID of version 7 as text, so that ids sort by the time they were made.</summary>
    /// <param name="now">The time of the caller's clock.</param>
    /// <returns>36 characters in lower case.</returns>
    public static string Create(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("D", CultureInfo.InvariantCulture);

    /// <summary>Whether text can be an identifier or a name: 1 to 128 ASCII letters, digits, '.', '_' or '-', starting with a letter or digit and without '..'.</summary>
    /// <param name="text">The text.</param>
    /// <returns><see langword="true"/> when it can.</returns>
    public static bool IsName([NotNullWhen(true)] string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || !char.IsAsciiLetterOrDigit(text[0]) || text.EndsWith('.'))
        {
            return false;
        }

        return text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            && !text.Contains("..", StringComparison.Ordinal)
            && !text.EndsWith(".lock", StringComparison.OrdinalIgnoreCase);
    }
}
