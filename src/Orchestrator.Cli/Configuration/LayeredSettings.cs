using Microsoft.Extensions.Configuration;

namespace Orchestrator.Cli.Configuration;

/// <summary>Settings of several sources, the weakest first. A later list replaces an earlier one as a whole: merged by place, two commands would become a third.</summary>
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

    /// <summary>The key of the list that a key is an element of; <see langword="null"/> for other keys.</summary>
    private static string? ListOf(string key) =>
        ConfigurationPath.GetSectionKey(key) is var last && last.Length > 0 && last.All(char.IsAsciiDigit) ? ConfigurationPath.GetParentPath(key) : null;
}
