using Microsoft.Extensions.Options;

namespace Orchestrator.Hosting.Tests.ProviderTasks;

/// <summary>Settings that do not change.</summary>
internal sealed class FixedOptions(ProviderTaskOptions options) : IOptionsMonitor<ProviderTaskOptions>
{
    public ProviderTaskOptions CurrentValue => options;

    public ProviderTaskOptions Get(string? name) => options;

    public IDisposable? OnChange(Action<ProviderTaskOptions, string?> listener) => null;
}
