using System.Collections.Frozen;
using Orchestrator.Providers;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Catalogue;

/// <summary>
/// Defaults for well-known coding agents, found by the provider's name. They count only where neither the host's settings nor the provider itself says anything, and not at all when
/// <see cref="ProviderRoutingOptions.UseCatalogue"/> is off.
/// </summary>
/// <remarks>
/// No success rate here says that one agent is better than another: nothing published compares them on your code, so all start alike and the router learns the rest. No entry has a price:
/// it depends on the plan or the model that you use. Thread-safe.
/// </remarks>
public static class ProviderCatalog
{
    // Assumed: the same as for a provider that the catalogue does not know.
    private const double AssumedSuccessRate = 0.7;

    // Assumed: the same as for a provider that the catalogue does not know. Their own start takes 1 to 8 s (measured with a fake model on two cores); the rest is the model's.
    private static readonly TimeSpan AssumedCliDuration = TimeSpan.FromMinutes(5);

    // Assumed: it starts a machine, installs the repository's dependencies, plans and works there; its sessions are polled, not awaited.
    private static readonly TimeSpan AssumedRemoteDuration = TimeSpan.FromMinutes(20);

    // Seen in runs without a human: each of these programs edits and creates files, runs shell commands and continues an earlier session by its id. Cursor's is documented, not seen.
    private static readonly ValueList<string> CliCapabilities =
        [ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell, ProviderCapabilities.Resume];

    // A program in a workspace works on whatever the host put there: a directory, a checkout of a branch, an empty build.
    private static readonly ValueList<SourceKind> LocalSources = [SourceKind.Local, SourceKind.NewBuild];

    /// <summary>Google Jules: works in Google's cloud on a branch of a GitHub repository, and on nothing else.</summary>
    public static ProviderCatalogEntry Jules { get; } = new()
    {
        Descriptor = new ProviderDescriptor
        {
            Name = "jules",
            Kind = ProviderKind.RemoteService,
            Description = "Google Jules, on a branch of a GitHub repository",

            // Its sessions take a source github/owner/repository with a starting branch.
            Sources = [SourceKind.GitHub],

            // Sessions plan and wait for approval on demand, run commands in their machine, and open the pull request themselves. A finished one is not continued.
            Capabilities =
            [
                ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell, ProviderCapabilities.PlanApproval, ProviderCapabilities.PullRequest,
            ],

            // Its free plan: 3 at a time, 15 in any 24 hours. Paid plans allow more: set MaxConcurrent and RequestsPerDay.
            Limits = new ProviderLimits { Concurrent = 3, RequestsPerDay = 15 },
            Tags = ["agent", "remote", "google"],
        },
        SuccessRate = AssumedSuccessRate,
        TypicalDuration = AssumedRemoteDuration,

        // Assumed: minutes of start-up and a small quota; agents on the spot go first.
        Tier = 1,
    };

    /// <summary>OpenAI Codex CLI.</summary>
    public static ProviderCatalogEntry Codex { get; } = Cli("codex", "OpenAI Codex CLI", "openai");

    /// <summary>Anthropic Claude Code.</summary>
    public static ProviderCatalogEntry Claude { get; } = Cli("claude", "Anthropic Claude Code", "anthropic");

    /// <summary>Google Gemini CLI.</summary>
    public static ProviderCatalogEntry Gemini { get; } = Cli("gemini", "Google Gemini CLI", "google");

    /// <summary>Cursor's agent.</summary>
    public static ProviderCatalogEntry Cursor { get; } = Cli("cursor", "Cursor agent", "cursor");

    /// <summary>GitHub Copilot CLI; not Copilot's cloud agent.</summary>
    public static ProviderCatalogEntry Copilot { get; } = Cli("copilot", "GitHub Copilot CLI", "github");

    /// <summary>Every entry, in ordinal order of names.</summary>
    public static ValueList<ProviderCatalogEntry> Entries { get; } = [Claude, Codex, Copilot, Cursor, Gemini, Jules];

    private static FrozenDictionary<string, ProviderCatalogEntry> ByName { get; } = Entries.ToFrozenDictionary(entry => entry.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds an entry.</summary>
    /// <param name="name">The provider's name, in any case; may be null.</param>
    /// <returns>The entry; <see langword="null"/> when the catalogue does not know the name.</returns>
    public static ProviderCatalogEntry? Find(string? name) => name is null ? null : ByName.GetValueOrDefault(name);

    private static ProviderCatalogEntry Cli(string name, string description, string vendor) => new()
    {
        Descriptor = new ProviderDescriptor
        {
            Name = name,
            Kind = ProviderKind.AgentCli,
            Description = description,
            Sources = LocalSources,
            Capabilities = CliCapabilities,
            Tags = ["agent", "cli", vendor],
        },
        SuccessRate = AssumedSuccessRate,
        TypicalDuration = AssumedCliDuration,
    };
}
