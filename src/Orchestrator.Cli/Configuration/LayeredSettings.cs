using Microsoft.Extensions.Configuration;

namespace Orchestrator.Cli.Configuration;

/// <summary>Settings of several sources, the weakest first. A later list replaces an earlier one as a whole: merged by place, two commands would become a third, and two rules one that nobody wrote.</summary>
internal sealed class LayeredSettings
{
    private readonly Dictionary<string, string?> _settings = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlySet<string> ProviderNames => Build().GetSection("providers").GetChildren().Select(child => child.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);

    public void Add(IConfiguration source)
    {
        var added = source.AsEnumerable().Where(pair => pair.Value is not null).ToList();
        var lists = added.Select(pair => ListOf(pair.Key)).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var key in _settings.Keys.Where(key => lists.Exists(list => key.StartsWith(list + ConfigurationPath.KeyDelimiter, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            _settings.Remove(key);
        }

        foreach (var (key, value) in added)
        {
            _settings[key] = value;
        }
    }

    public IConfigurationRoot Build() => new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();

    /// <summary>The key of the outermost list that a key is in; <see langword="null"/> for other keys. A provider whose name is a number makes no list of the providers.</summary>
    private static string? ListOf(string key)
    {
        var parts = key.Split(ConfigurationPath.KeyDelimiter);
        var names = Array.FindIndex(parts, part => part.Equals("providers", StringComparison.OrdinalIgnoreCase)) is var at and (0 or 1) ? at + 2 : 1;
        var index = Array.FindIndex(parts, Math.Min(names, parts.Length), part => part.Length > 0 && part.All(char.IsAsciiDigit));
        return index < 0 ? null : string.Join(ConfigurationPath.KeyDelimiter, parts[..index]);
    }
}
