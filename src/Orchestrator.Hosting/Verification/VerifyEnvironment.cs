using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting;

/// <summary>The environment of verify commands: the allowed part of ours without any variable that is known to hold a secret, by its name or by its value.</summary>
internal sealed class VerifyEnvironment(IEnumerable<IAgentProvider> providers, IOptionsMonitor<ProviderTaskOptions> tasks, ISecretRedactor redactor)
{
    private readonly HashSet<string> _names = Known(providers);

    /// <summary>A new environment for the command of one task.</summary>
    public IReadOnlyDictionary<string, string> Create(AgentTaskRun run)
    {
        var configured = tasks.CurrentValue.Factories.Values.SelectMany(static factory => factory.AllowedSecrets).Concat(run.SecretNames).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var environment = ProcessEnvironment.Inherit();
        foreach (var (name, value) in environment.ToArray())
        {
            if (_names.Contains(name) || configured.Contains(name) || IsSecret(value))
            {
                environment.Remove(name);
            }
        }

        return environment;
    }

    /// <summary>A known secret under any name. White space around it changes nothing; a value that only contains one, as a path may by chance, is needed by the command.</summary>
    private bool IsSecret(string value)
    {
        var word = value.Trim();
        return word.Length > 0 && redactor.Redact(word) is { } redacted && redacted != word && redacted.All(static c => c == '*');
    }

    private static HashSet<string> Known(IEnumerable<IAgentProvider> providers) => SecretNames.All
        .Concat(providers.SelectMany(static provider => provider.Descriptor.SecretNames))
        .SelectMany(static name => SecretNames.AliasesOf(name).Prepend(name))
        .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
