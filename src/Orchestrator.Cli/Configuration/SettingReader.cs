using System.Globalization;
using Microsoft.Extensions.Configuration;
using Orchestrator.Json;

namespace Orchestrator.Cli.Configuration;

/// <summary>
/// Reads settings of one section and collects what is wrong instead of stopping at the first error. A value of another kind than expected (a text for a list, a list for a text) is an
/// error that names the place and the form, never the value: it may be a secret.
/// </summary>
internal sealed class SettingReader(IConfiguration section, List<string> errors)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public string? Text(string key) => Single(key, "one text");

    public void Text(string key, Action<string> assign)
    {
        if (Text(key) is { } value)
        {
            Try(key, () => assign(value));
        }
    }

    public void Texts(string key, Action<IReadOnlyList<string>> assign)
    {
        const string Form = "a list of texts, for example [\"a\", \"b\"]";
        var items = Children(key, Form, isList: true, out var isEmpty);
        if (items.Any(item => item.Value is null))
        {
            errors.Add($"{Known(key).Path} must be {Form}.");
        }
        else if (items.Count > 0 || isEmpty)
        {
            Try(key, () => assign([.. items.Select(item => item.Value!)]));
        }
    }

    public void Numbers(string key, Action<IReadOnlyList<int>> assign) =>
        Texts(key, texts => assign([.. texts.Select(text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"'{text}' is not a whole number"))]));

    public void Map(string key, Action<IReadOnlyDictionary<string, string>> assign)
    {
        const string Form = "a map, for example {\"NAME\": \"value\"}";
        var items = Children(key, Form, isList: false, out _);
        if (items.Any(item => item.Value is null))
        {
            errors.Add($"{Known(key).Path} must be {Form}.");
        }
        else if (items.Count > 0)
        {
            Try(key, () => assign(items.ToDictionary(item => item.Key, item => item.Value!, StringComparer.Ordinal)));
        }
    }

    /// <summary>A section below this one.</summary>
    public IConfigurationSection Section(string key)
    {
        var child = Known(key);
        Demand(string.IsNullOrEmpty(child.Value), key, "be a section with settings, for example {\"name\": \"value\"}");
        return child;
    }

    /// <summary>Reads a list of sections.</summary>
    public void Sections<T>(string key, Func<SettingReader, T> read, Action<IReadOnlyList<T>> assign)
    {
        const string Form = "a list of sections, for example [{\"name\": \"a\"}]";
        var items = Children(key, Form, isList: true, out _);
        if (items.Any(item => item.Value is not null))
        {
            errors.Add($"{Known(key).Path} must be {Form}.");
            return;
        }

        var all = new List<T>();
        foreach (var item in items)
        {
            var reader = new SettingReader(item, errors);
            all.Add(read(reader));
            reader.RejectUnknown();
        }

        if (all.Count > 0)
        {
            Try(key, () => assign(all));
        }
    }

    public void Duration(string key, Action<TimeSpan> assign) =>
        Parsed(key, Cli.Duration.Read, $"a duration such as 00:10:00 ({Cli.Duration.Forms})", assign);

    public void Number(string key, Action<int> assign) =>
        Parsed(key, text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null, "a whole number", assign);

    public void Long(string key, Action<long> assign) =>
        Parsed(key, text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null, "a whole number", assign);

    public void Share(string key, Action<float> assign) =>
        Parsed(key, text => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null, "a number, such as 0.5", assign);

    public void Money(string key, Action<decimal> assign) =>
        Parsed(key, text => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var value) && value >= 0 ? value : null, "US dollars, 0 or more", assign);

    public void Flag(string key, Action<bool> assign) => Parsed(key, text => bool.TryParse(text, out var value) ? value : null, "true or false", assign);

    public void Names<TEnum>(string key, Action<ValueList<TEnum>> assign)
        where TEnum : struct, Enum =>
        Texts(key, texts => assign([.. texts.Select(text => EnumNames.Parse<TEnum>(text) is var value && !value.Equals(default(TEnum))
            ? value
            : throw new FormatException($"'{text}' is not one of {string.Join(", ", Enum.GetValues<TEnum>().Skip(1).Select(known => known.ToName()))}"))]));

    /// <summary>Complains about a setting that is not as it must be.</summary>
    public void Demand(bool isRight, string key, string expected)
    {
        if (!isRight)
        {
            errors.Add($"{Known(key).Path} must {expected}.");
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

    private IConfigurationSection Known(string key)
    {
        _known.Add(key);
        return section.GetSection(key);
    }

    private string? Single(string key, string expected)
    {
        var child = Known(key);
        if (!child.GetChildren().Any())
        {
            return child.Value;
        }

        errors.Add($"{child.Path} is a list or a section; it must be {expected}.");
        return null;
    }

    /// <summary>The entries of a list or of a map. The children of a list are numbered, those of a map are named; an empty list is an empty text.</summary>
    private List<IConfigurationSection> Children(string key, string form, bool isList, out bool isEmpty)
    {
        var child = Known(key);
        var items = child.GetChildren().ToList();
        isEmpty = child.Value is { Length: 0 } && items.Count == 0;
        if (child.Value is { Length: > 0 } || items.Any(item => item.Key.All(char.IsAsciiDigit) != isList))
        {
            errors.Add($"{child.Path} must be {form}.");
            return [];
        }

        return items;
    }

    private void Parsed<T>(string key, Func<string, T?> parse, string expected, Action<T> assign)
        where T : struct
    {
        if (Single(key, expected) is not { } text)
        {
            return;
        }

        if (parse(text) is { } value)
        {
            Try(key, () => assign(value));
        }
        else
        {
            errors.Add($"{Known(key).Path} is '{text}'; it must be {expected}.");
        }
    }

    private void Try(string key, Action assign)
    {
        try
        {
            assign();
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            errors.Add($"{Known(key).Path}: {error.Message}");
        }
    }
}
