using System.Globalization;

namespace Orchestrator.Routing.State;

/// <summary>Which provider each session stays with. The content is one JSON string: the minute of the last use and the provider, so that a busy session is saved once a minute.</summary>
internal sealed class SessionStateSource(ProviderRegistry registry) : IRoutingStateSource
{
    /// <inheritdoc/>
    public string Kind => RoutingStateKinds.Session;

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public IEnumerable<RoutingStateEntry> Export(DateTimeOffset now)
    {
        foreach (var (key, provider, lastUsed) in registry.Sessions.Export())
        {
            // Names of providers need no escapes.
            var minute = lastUsed.UtcTicks / TimeSpan.TicksPerMinute;
            yield return new RoutingStateEntry(Kind, key, string.Create(CultureInfo.InvariantCulture, $"\"{minute} {provider}\""), lastUsed);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Import(IReadOnlyList<RoutingStateEntry> entries, DateTimeOffset now)
    {
        var (sessions, unknown) = (new List<(string Key, string Provider, DateTimeOffset LastUsed)>(), new List<string>());
        foreach (var entry in entries)
        {
            var parts = entry.Value.Trim('"').Split(' ');
            if (parts.Length == 2 && Identifiers.IsName(parts[1])
                && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
                && minute <= now.UtcTicks / TimeSpan.TicksPerMinute)
            {
                sessions.Add((entry.Key, parts[1], new DateTimeOffset(minute * TimeSpan.TicksPerMinute, TimeSpan.Zero)));
            }
            else
            {
                unknown.Add(entry.Key);
            }
        }

        registry.Sessions.Import(sessions);
        return unknown;
    }
}
