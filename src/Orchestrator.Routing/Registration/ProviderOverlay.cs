using Orchestrator.Providers;
using Orchestrator.Routing.Catalogue;

namespace Orchestrator.Routing.Registration;

/// <summary>Lays a host's settings over what a provider says of itself, and that over what the catalogue knows.</summary>
internal static class ProviderOverlay
{
    private const double DefaultSuccessRate = 0.7;
    private const string SwitchedOff = "switched off in the configuration";
    private const string WithoutAgent = "no agent of this host carries it out";
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(5);
    private static readonly ProviderSettings NoSettings = new();
    private static readonly ProviderDescriptor Silent = new() { Name = "silent", Kind = ProviderKind.Unknown };

    /// <summary>Every provider as the router sees it, in the order of the roster. The settings must be valid.</summary>
    public static IEnumerable<RegisteredProvider> ApplyAll(ProviderRoster roster, ProviderRoutingOptions options)
    {
        var settings = options.Providers.ToDictionary(StringComparer.OrdinalIgnoreCase);
        var names = roster.Entries.ToDictionary(entry => entry.Name, entry => entry.Name, StringComparer.OrdinalIgnoreCase);
        return roster.Entries.Select(entry =>
        {
            var provider = Apply(entry, settings.GetValueOrDefault(entry.Name), options);
            return provider with { Fallbacks = [.. provider.Fallbacks.Select(name => names[name])] };
        });
    }

    /// <summary>One provider as the router sees it. Its own settings must be valid.</summary>
    public static RegisteredProvider Apply(RosterEntry entry, ProviderSettings? settings, ProviderRoutingOptions options)
    {
        settings ??= NoSettings;
        var known = options.UseCatalogue ? ProviderCatalog.Find(entry.Name) : null;
        var own = known is null ? entry.Descriptor : Complete(entry.Descriptor, known.Descriptor);
        return new RegisteredProvider(entry.Agent, Override(own, settings))
        {
            Declared = entry.Descriptor,
            DisabledBecause = !settings.Enabled ? SwitchedOff : entry.Agent is null && options.RequireAgents ? WithoutAgent : null,
            IsDraining = settings.Draining,
            SuccessRate = settings.SuccessRate ?? known?.SuccessRate ?? DefaultSuccessRate,
            TypicalDuration = settings.TypicalDuration ?? known?.TypicalDuration ?? DefaultDuration,
            Weight = settings.Weight ?? 1,
            Tier = settings.Tier ?? known?.Tier ?? 0,
            Fallbacks = [.. settings.Fallbacks],
            HasPrice = HasPrice(own, settings),
        };
    }

    // What a descriptor leaves at its default says nothing.
    private static ProviderDescriptor Complete(ProviderDescriptor own, ProviderDescriptor known) => own with
    {
        Kind = own.Kind == ProviderKind.Unknown ? known.Kind : own.Kind,
        Description = own.Description.Length == 0 ? known.Description : own.Description,
        TaskTypes = own.TaskTypes.SequenceEqual(Silent.TaskTypes) ? known.TaskTypes : own.TaskTypes,
        Sources = own.Sources.SequenceEqual(Silent.Sources) ? known.Sources : own.Sources,
        Capabilities = own.Capabilities.Count == 0 ? known.Capabilities : own.Capabilities,
        Models = own.Models.Count == 0 ? known.Models : own.Models,
        Tags = own.Tags.Count == 0 ? known.Tags : own.Tags,
        Limits = new ProviderLimits
        {
            Concurrent = own.Limits.Concurrent ?? known.Limits.Concurrent,
            RequestsPerMinute = own.Limits.RequestsPerMinute ?? known.Limits.RequestsPerMinute,
            TokensPerMinute = own.Limits.TokensPerMinute ?? known.Limits.TokensPerMinute,
            RequestsPerDay = own.Limits.RequestsPerDay ?? known.Limits.RequestsPerDay,
        },
    };

    private static ProviderDescriptor Override(ProviderDescriptor own, ProviderSettings settings) => own with
    {
        PricePerTaskUsd = settings.PricePerTaskUsd ?? own.PricePerTaskUsd,
        TaskTypes = settings.TaskTypes is { } types ? [.. types.Distinct()] : own.TaskTypes,
        Sources = settings.Sources is { } sources ? [.. sources.Distinct()] : own.Sources,
        Capabilities = settings.Capabilities is { } capabilities ? Distinct(capabilities) : own.Capabilities,
        Models = settings.Models is { } models ? [.. models.Select(static model => model.ToDescriptor())] : own.Models,
        Tags = settings.Tags.Count == 0 ? own.Tags : Distinct(own.Tags.Concat(settings.Tags)),
        DataResidency = settings.DataResidency is { } regions ? Distinct(regions) : own.DataResidency,
        Limits = new ProviderLimits
        {
            Concurrent = settings.MaxConcurrent ?? own.Limits.Concurrent,
            RequestsPerMinute = settings.RequestsPerMinute ?? own.Limits.RequestsPerMinute,
            TokensPerMinute = settings.TokensPerMinute ?? own.Limits.TokensPerMinute,
            RequestsPerDay = settings.RequestsPerDay ?? own.Limits.RequestsPerDay,
        },
    };

    private static ValueList<string> Distinct(IEnumerable<string> names) => [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];

    // Any of the models may be chosen, so each needs a price. A price of 0 that a host sets says that it costs nothing; one that a descriptor holds is only its default.
    private static bool HasPrice(ProviderDescriptor own, ProviderSettings settings) =>
        own.Kind is not (ProviderKind.AgentCli or ProviderKind.RemoteService or ProviderKind.ChatClient)
        || settings.PricePerTaskUsd is not null
        || own.PricePerTaskUsd > 0
        || (settings.Models is { } models
            ? models.Count > 0 && models.All(model => model.InputUsd is not null || model.OutputUsd is not null)
            : own.Models.Count > 0 && own.Models.All(model => model.Prices.InputUsd > 0 || model.Prices.OutputUsd > 0));
}
