using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Orchestrator.Secrets;

/// <summary>Configuration with values of the test's own, and sections of it.</summary>
internal sealed class FixedConfiguration : IConfigurationSection
{
    private readonly Dictionary<string, string?> _values = [];

    public string Path { get; private init; } = "";

    public string Key => Path;

    public string? Value
    {
        get => _values.GetValueOrDefault(Path);
        set => _values[Path] = value;
    }

    public string? this[string key]
    {
        get => _values.GetValueOrDefault(Below(key));
        set => _values[Below(key)] = value;
    }

    private FixedConfiguration(Dictionary<string, string?> values) => _values = values;

    public FixedConfiguration()
    {
    }

    public IConfigurationSection GetSection(string key) => new FixedConfiguration(_values) { Path = Below(key) };

    public IEnumerable<IConfigurationSection> GetChildren() => throw new NotSupportedException();

    public IChangeToken GetReloadToken() => throw new NotSupportedException();

    private string Below(string key) => Path.Length == 0 ? key : Path + ":" + key;
}
