using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>A place that provider tasks work in, and what they may do there.</summary>
public sealed class ProviderTaskFactory
{
    /// <summary>The root of the repository, absolute; a leading <c>~/</c> is the user's home.</summary>
    public string Repository { get; set; } = "";

    /// <summary>The command that decides whether a result is right.</summary>
    /// <value><see langword="null"/>: that of <see cref="OrchestratorOptions.DefaultVerifyCommand"/>.</value>
    public string? VerifyCommand { get; set; }

    /// <summary>What becomes of a result.</summary>
    /// <value><see cref="TaskOutput.Apply"/> by default.</value>
    public TaskOutput Output { get; set; }

    /// <summary>The providers that may work here.</summary>
    /// <value>Empty by default: all.</value>
    public IList<string> Providers { get; set; } = [];

    /// <summary>The arguments that a message may add to a provider's command line. An entry that ends with <c>*</c> allows everything that begins like it.</summary>
    /// <value>Empty by default: none.</value>
    public IList<string> AllowedArguments { get; set; } = [];

    /// <summary>The secrets that a message may name in <see cref="ProviderTask.EnvVars"/>. The agent can read and use them: allow what may be lost.</summary>
    /// <value>Empty by default: none.</value>
    public IList<string> AllowedSecrets { get; set; } = [];

    /// <summary>The most that all attempts at one task together may cost, in US dollars.</summary>
    /// <value><see langword="null"/> by default: no limit; otherwise not negative.</value>
    public decimal? MaxCostUsd { get; set; }

    /// <summary>Whether uncommitted changes in the repository are accepted.</summary>
    /// <value><see langword="false"/></value>
    public bool AllowDirty { get; set; }
}
