using System.Globalization;
using Microsoft.Extensions.Configuration;
using Orchestrator.Json;

namespace Orchestrator.Routing.Configuration;

/// <summary>Reads one section of a configuration and collects what is wrong with it, misspelt keys included, instead of stopping at the first error.</summary>
/// <remarks>Written by hand because the framework's binder stops at the first value that it cannot convert and passes over keys that it does not know. No reflection, so safe for trimming.</remarks>
internal sealed class SectionReader(IConfiguration section, List<string> errors)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public void Text(string key, Action<string> assign)
    {
        if (Scalar(key) is { } value)
        {
            assign(value);
        }
    }

    public void Number(string key, Action<int> assign) =>
        Parsed(key, text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null, "a whole number", assign);

    public void Long(string key, Action<long> assign) =>
        Parsed(key, text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null, "a whole number", assign);

    public void UnsignedLong(string key, Action<ulong> assign) =>
        Parsed(key, text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null, "a whole number, 0 or more", assign);

    public void Money(string key, Action<decimal> assign) =>
        Parsed(key, text => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null, "US dollars, such as 0.25", assign);

    public void Share(string key, Action<double> assign) =>
        Parsed(key, text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null, "a number, such as 0.5", assign);

    public void Flag(string key, Action<bool> assign) => Parsed(key, text => bool.TryParse(text, out var value) ? value : null, "true or false", assign);

    public void Duration(string key, Action<TimeSpan> assign) => Parsed(key, DurationText.Read, $"a time: {DurationText.Forms}", assign);

    public void Name<TEnum>(string key, Action<TEnum> assign)
        where TEnum : struct, Enum => Parsed(key, Parse<TEnum>, Known<TEnum>(), assign);

    public void Names<TEnum>(string key, Action<IList<TEnum>> assign)
        where TEnum : struct, Enum =>
        Items<TEnum?>(key, item => Parse<TEnum>(item.Value ?? "") ?? Wrong<TEnum?>(item, Known<TEnum>()), values => AssignWhole(values, values.OfType<TEnum>(), assign));

    public void Texts(string key, Action<IList<string>> assign) =>
        Items(key, item => item.Value ?? Wrong<string>(item, "a text"), values => AssignWhole(values, values.OfType<string>(), assign));

    public void Map(string key, Action<IDictionary<string, string>> assign)
    {
        var children = Children(key, "a map, for example {\"team\": \"core\"}");
        if (children.Count > 0)
        {
            assign(children.ToDictionary(child => child.Key, child => child.Value ?? "", StringComparer.Ordinal));
        }
    }

    /// <summary>Reads each child of a map by its name.</summary>
    public void Each(string key, Action<string, SectionReader> read)
    {
        foreach (var child in Children(key, "a map of sections by name"))
        {
            Read(child, reader => read(child.Key, reader));
        }
    }

    /// <summary>Reads a list of sections; the new list replaces the old one as a whole.</summary>
    public void List<T>(string key, Func<SectionReader, T> read, Action<IList<T>> assign)
        where T : class =>
        Items(key, item => string.IsNullOrEmpty(item.Value) ? Read(item, read) : Wrong<T>(item, "a section with settings"), values => assign([.. values.OfType<T>()]));

    /// <summary>Reads a section below this one.</summary>
    public void Section(string key, Action<SectionReader> read)
    {
        if (Children(key, "a section with settings").Count > 0)
        {
            Read(section.GetSection(key), read);
        }
    }

    /// <summary>Complains about keys that nobody asked for: most are misspelt.</summary>
    public void RejectUnknown()
    {
        foreach (var child in section.GetChildren().Where(child => !_known.Contains(child.Key)))
        {
            errors.Add($"{child.Path} is not a setting; known here: {string.Join(", ", _known.Order(StringComparer.OrdinalIgnoreCase))}.");
        }
    }

    private void Read(IConfigurationSection child, Action<SectionReader> read) => Read(child, reader =>
    {
        read(reader);
        return true;
    });

    private T Read<T>(IConfigurationSection child, Func<SectionReader, T> read)
    {
        if (!string.IsNullOrEmpty(child.Value))
        {
            errors.Add($"{child.Path} is '{child.Value}'; it must be a section with settings.");
        }

        var reader = new SectionReader(child, errors);
        var result = read(reader);
        reader.RejectUnknown();
        return result;
    }

    private string? Scalar(string key)
    {
        _known.Add(key);
        var child = section.GetSection(key);
        if (child.GetChildren().Any())
        {
            errors.Add($"{child.Path} is a list or a section; it must be one value.");
        }

        return child.Value;
    }

    private void Parsed<T>(string key, Func<string, T?> parse, string expected, Action<T> assign)
        where T : struct
    {
        if (Scalar(key) is not { } text)
        {
            return;
        }

        if (parse(text) is { } value)
        {
            assign(value);
        }
        else
        {
            errors.Add($"{section.GetSection(key).Path} is '{text}'; it must be {expected}.");
        }
    }

    // Values of which one is wrong are left alone: what remains of them would only be complained about once more.
    private static void AssignWhole<TRead, T>(List<TRead> read, IEnumerable<T> right, Action<IList<T>> assign)
    {
        if (right.ToList() is var values && values.Count == read.Count)
        {
            assign(values);
        }
    }

    private void Items<T>(string key, Func<IConfigurationSection, T> read, Action<List<T>> assign)
    {
        var children = Children(key, "a list, for example [\"a\", \"b\"]");
        if (children.Count > 0 || section.GetSection(key).Value is { Length: 0 })
        {
            assign([.. children.Select(read)]);
        }
    }

    // A list without entries is an empty text.
    private List<IConfigurationSection> Children(string key, string expected)
    {
        _known.Add(key);
        var child = section.GetSection(key);
        if (child.Value is { Length: > 0 } value)
        {
            errors.Add($"{child.Path} is '{value}'; it must be {expected}.");
        }

        return [.. child.GetChildren()];
    }

    private T? Wrong<T>(IConfigurationSection item, string expected)
    {
        errors.Add($"{item.Path} is '{item.Value}'; it must be {expected}.");
        return default;
    }

    // The zero value is a word of its own for some enums, and what an unknown word reads as for all.
    private static TEnum? Parse<TEnum>(string text)
        where TEnum : struct, Enum
    {
        var value = EnumNames.Parse<TEnum>(text);
        return Spellings(value).Contains(text, StringComparer.OrdinalIgnoreCase) && Known(value) ? value : null;
    }

    private static bool Known<TEnum>(TEnum value)
        where TEnum : struct, Enum => value.ToString() != "Unknown";

    private static string[] Spellings<TEnum>(TEnum value)
        where TEnum : struct, Enum => [value.ToName(), value.ToString()];

    private static string Known<TEnum>()
        where TEnum : struct, Enum => $"one of {string.Join(", ", Enum.GetValues<TEnum>().Where(Known).Select(value => value.ToName()))}";
}
