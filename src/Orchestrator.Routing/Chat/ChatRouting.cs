using System.Collections.Frozen;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Providers;
using Orchestrator.Routing.Admission;
using Orchestrator.Routing.Attempts;
using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Chat;

/// <summary>The router over the chat clients of one <see cref="ProviderRoutingChatClient"/>, and the loop that tries them.</summary>
internal sealed class ChatRouting
{
    private static readonly ValueList<string> Everything = [ChatCapabilities.Tools, ChatCapabilities.Vision, ChatCapabilities.StructuredOutput];

    private readonly FrozenDictionary<string, IChatClient> _clients;

    public ChatRouting(IEnumerable<ChatProvider> providers, ProviderRoutingOptions options, TimeProvider time, ILoggerFactory? loggers, ChatRoutingServices services)
    {
        var all = providers.ToList();
        loggers ??= NullLoggerFactory.Instance;
        var registry = new ProviderRegistry([], options, all.Select(provider => Complete(provider.Descriptor)));
        _clients = all.ToFrozenDictionary(provider => provider.Descriptor.Name, provider => provider.Client, StringComparer.OrdinalIgnoreCase);
        Router = new ProviderRouter(registry, time, loggers.CreateLogger<ProviderRouter>(), services.MeterFactory) { Observer = services.Recorder };
        var store = services.StateStore is null or InMemoryRoutingStateStore ? null : new ChatStateStore(services.StateStore, services.StateName);
        var reservations = store is null ? null : new StoredReservations(store, registry.Budgets, loggers.CreateLogger<StoredReservations>());
        Attempts = new ProviderAttempts(Router, registry, new AdmissionDesk(registry, time, reservations), time, loggers.CreateLogger<ProviderAttempts>());
        IRoutingStateSource[] sources = [new HealthStateSource(registry), new DrainingStateSource(registry), new EstimateStateSource(registry), new SessionStateSource(registry)];
        State = new RoutingStateKeeper(registry, store, reservations, sources, time, loggers.CreateLogger<RoutingStateKeeper>());
    }

    public ProviderRouter Router { get; }

    public ProviderAttempts Attempts { get; }

    public RoutingStateKeeper State { get; }

    public IChatClient Client(AttemptContext context) => _clients[context.Provider.Name];

    /// <summary>What the answer cost at the prices of the model that gave it; <see langword="null"/> when nobody counted.</summary>
    public static decimal? CostOf(AttemptContext context, UsageDetails? usage)
    {
        if (usage is null)
        {
            return null;
        }

        var models = context.Provider.Descriptor.Models;
        var model = models.FirstOrDefault(some => some.Name == context.Model) ?? (models.Count > 0 ? models[0] : null);
        return context.Provider.Descriptor.PricePerTaskUsd + (model?.Prices.CostOf(UsageOf(usage)!) ?? 0);
    }

    public static TokenUsage? UsageOf(UsageDetails? usage) => usage is null ? null : new TokenUsage
    {
        InputTokens = Math.Max(0, usage.InputTokenCount ?? 0),
        CachedInputTokens = Math.Max(0, usage.CachedInputTokenCount ?? 0),
        OutputTokens = Math.Max(0, usage.OutputTokenCount ?? 0),
    };

    public static long? TokensOf(UsageDetails? usage) => usage is null ? null : Math.Max(0, usage.TotalTokenCount ?? (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0));

    private static ProviderDescriptor Complete(ProviderDescriptor descriptor) =>
        descriptor.Capabilities.Count == 0 ? descriptor with { Capabilities = Everything } : descriptor;
}
