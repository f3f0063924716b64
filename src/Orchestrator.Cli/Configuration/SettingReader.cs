using System.Globalization;
using Microsoft.Extensions.Configuration;
using Orchestrator.Json;

namespace Orchestrator.Cli.Configuration;

/// <summary>Reads settings of one section and collects what is wrong instead of stopping at the first error.</summary>
internal sealed class SettingReader(IConfiguration section, List<string> errors)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public string? Text(string key) => Known(key).Value;

    public void Text(string key, Action<string> assign)
    {
        if (Known(key).Value is { } value)
        {
            Try(key, () => assign(value));
        }
    }

    public void Texts(string key, Action<IReadOnlyList<string>> assign)
    {
        var child = Known(key);
        if (child.Value is not null)
        {
            errors.Add($"{child.Path} must be a list, for example [\"a\", \"b\"].");
        }
        else if (child.GetChildren().Any())
        {
            Try(key, () => assign([.. child.GetChildren().Select(item => item.Value ?? "")]));
        }
    }

    public void Numbers(string key, Action<IReadOnlyList<int>> assign) =>
        Texts(key, texts => assign([.. texts.Select(text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"'{text}' is not a whole number"))]));

    public void Map(string key, Action<IReadOnlyDictionary<string, string>> assign)
    {
        var child = Known(key);
        if (child.GetChildren().Any())
        {
            Try(key, () => assign(child.GetChildren().ToDictionary(item => item.Key, item => item.Value ?? "", StringComparer.Ordinal)));
        }
    }

    public void Duration(string key, Action<TimeSpan> assign) =>
        Parsed(key, Cli.Duration.Read, $"a duration such as 00:10:00 ({Cli.Duration.Forms})", assign);

    public void Number(string key, Action<int> assign) =>
        Parsed(key, text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null, "a whole number", assign);

    public void Money(string key, Action<decimal> assign) =>
        Parsed(key, text => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var value) && value >= 0 ? value : null, "US dollars, 0 or more", assign);

    public void Flag(string key, Action<bool> assign) => Parsed(key, text => bool.TryParse(text, out var value) ? value : null, "true or false", assign);

    public void Names<TEnum>(string key, Action<ValueList<TEnum>> assign)
        where TEnum : struct, Enum =>
        Texts(key, texts => assign([.. texts.Select(text => EnumNames.Parse<TEnum>(text) is var value && !value.Equals(default(TEnum))
            ? value
            : throw new FormatException($"'{text}' is not one of {string.Join(", ", Enum.GetValues<TEnum>().Skip(1).Select(known => known.ToName()))}"))]));

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

    private void Parsed<T>(string key, Func<string, T?> parse, string expected, Action<T> assign)
        where T : struct
    {
        if (Known(key).Value is not { } text)
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
