using System.Security.Cryptography;
using System.Text;
using Orchestrator.Json;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.Registration;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Recording;

/// <summary>Turns snapshots into records and back.</summary>
internal static class SnapshotRecords
{
    /// <summary>The record of a snapshot. Its digest names the content: SHA-256 over the canonical JSON. No secret is in it: descriptors hold the names of secrets alone.</summary>
    public static RoutingSnapshotRecord Of(RoutingSnapshot snapshot, DateTimeOffset at)
    {
        var content = new RoutingSnapshotContent
        {
            Providers = [.. snapshot.Providers.Select(provider => new RecordedProvider(provider.Declared ?? provider.Descriptor, provider.Agent is not null))],
            Options = snapshot.Config.Options,
        };
        var json = CanonicalJson.Of(OrchestratorJson.Write(content, RoutingJsonContext.Default.RoutingSnapshotContent));
        return new RoutingSnapshotRecord($"sha256:{Convert.ToHexStringLower(SHA256.HashData(json))}", Encoding.UTF8.GetString(json), at);
    }

    /// <summary>The content of a record.</summary>
    /// <exception cref="System.Text.Json.JsonException">The record is damaged.</exception>
    public static RoutingSnapshotContent Read(RoutingSnapshotRecord record) => OrchestratorJson.Read(record.Content, RoutingJsonContext.Default.RoutingSnapshotContent);

    /// <summary>Builds the snapshot anew, with the recorded settings or with others.</summary>
    /// <param name="content">What was recorded.</param>
    /// <param name="options">Other settings; null for the recorded ones.</param>
    /// <param name="version">The version to give it.</param>
    /// <param name="policies">The host's own selection policies, which cannot be recorded.</param>
    public static RoutingSnapshot Build(RoutingSnapshotContent content, ProviderRoutingOptions? options, long version, IReadOnlyList<ISelectionPolicy> policies)
    {
        var roster = Roster(content, policies);
        options ??= content.Options;
        return new RoutingSnapshot(version, new RoutingConfig(options, options.Seed ?? 0, policies), [.. ProviderOverlay.ApplyAll(roster, options)]);
    }

    /// <summary>The recorded providers, as if they were registered.</summary>
    public static ProviderRoster Roster(RoutingSnapshotContent content, IReadOnlyList<ISelectionPolicy> policies) => new(
        content.Providers.Where(provider => provider.HasAgent).Select(provider => new RecordedAgent(provider.Descriptor)),
        content.Providers.Where(provider => !provider.HasAgent).Select(provider => provider.Descriptor),
        policies);
}
