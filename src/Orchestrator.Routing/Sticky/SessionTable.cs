using System.Collections.Concurrent;
using System.Globalization;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Sticky;

/// <summary>Which provider each session is with.</summary>
/// <remarks>
/// Thread-safe; reading and refreshing a session that is there takes no lock and allocates nothing. When there are too many, the ones that are idle longest
/// are thrown out by a task on the thread pool, never by the decision that added the last one.
/// </remarks>
internal sealed class SessionTable
{
    /// <summary>No provider.</summary>
    public const int NoPin = -1;

    private readonly ConcurrentDictionary<ulong, Session> _sessions = new();
    private int _count;
    private int _isTrimming;
    private Task _trimming = Task.CompletedTask;

    /// <summary>How many there are, expired ones included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The task that throws out sessions, or did so last.</summary>
    internal Task Trimming => Volatile.Read(ref _trimming);

    /// <summary>The candidate of a session; <see cref="NoPin"/> when it has none, was idle too long, or its provider is gone.</summary>
    /// <param name="snapshot">The candidates.</param>
    /// <param name="key">The session.</param>
    /// <param name="now">UTC ticks.</param>
    /// <param name="session">What is known of it, for <see cref="Pin"/>; null when there is nothing.</param>
    public int Find(RoutingSnapshot snapshot, ulong key, long now, out Session? session)
    {
        if (!_sessions.TryGetValue(key, out session) || session.LastUsed <= now - snapshot.Config.SessionIdle.Ticks)
        {
            return NoPin;
        }

        var (provider, candidate) = (session.Provider, session.Candidate);
        return (uint)candidate < (uint)snapshot.Count && string.Equals(snapshot.Names[candidate], provider, StringComparison.Ordinal)
            ? candidate
            : snapshot.Indexes.GetValueOrDefault(provider, NoPin);
    }

    /// <summary>Notes that a session is with a provider now.</summary>
    /// <param name="snapshot">The candidates.</param>
    /// <param name="key">The session.</param>
    /// <param name="session">What <see cref="Find"/> gave. When it was thrown out meanwhile, this one word is lost.</param>
    /// <param name="candidate">The provider.</param>
    /// <param name="now">UTC ticks.</param>
    public void Pin(RoutingSnapshot snapshot, ulong key, Session? session, int candidate, long now)
    {
        var provider = snapshot.Names[candidate];
        if (session is not null)
        {
            session.Use(provider, candidate, now);
            return;
        }

        // Twice as many as allowed are there only when the pool has no thread to throw some out; then new sessions do without.
        var most = snapshot.Config.MaxSessions;
        if (Count < 2L * most && _sessions.TryAdd(key, new Session(provider, candidate, now)) && Interlocked.Increment(ref _count) > most)
        {
            StartTrimming(most, now - snapshot.Config.SessionIdle.Ticks);
        }
    }

    /// <summary>Throws out what expired, then what is idle longest until a tenth of the places is free.</summary>
    public void Trim(int most, long expired)
    {
        var byAge = new List<KeyValuePair<long, ulong>>(Count);
        foreach (var (key, session) in _sessions)
        {
            if (session.LastUsed <= expired)
            {
                Remove(key);
            }
            else
            {
                byAge.Add(KeyValuePair.Create(session.LastUsed, key));
            }
        }

        if (byAge.Count > most)
        {
            byAge.Sort(static (left, right) => left.Key.CompareTo(right.Key));
            byAge[..(byAge.Count - (most - (most / 10)))].ForEach(oldest => Remove(oldest.Value));
        }
    }

    /// <summary>Every session: its key in hexadecimal digits, its provider, when it was last used.</summary>
    public IReadOnlyList<(string Key, string Provider, DateTimeOffset LastUsed)> Export() =>
    [
        .. _sessions.Select(pair => (
            pair.Key.ToString("x16", CultureInfo.InvariantCulture), pair.Value.Provider, new DateTimeOffset(pair.Value.LastUsed, TimeSpan.Zero))),
    ];

    /// <summary>Takes sessions that were exported. One that is here already and was used later stays; a key that is none is left out.</summary>
    public void Import(IEnumerable<(string Key, string Provider, DateTimeOffset LastUsed)> sessions)
    {
        foreach (var (text, provider, lastUsed) in sessions)
        {
            if (!ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key) || key == SessionKeys.None)
            {
                continue;
            }

            var imported = new Session(provider, NoPin, lastUsed.UtcTicks);
            if (_sessions.TryAdd(key, imported))
            {
                Interlocked.Increment(ref _count);
            }
            else if (_sessions.TryGetValue(key, out var present) && present.LastUsed < imported.LastUsed)
            {
                _sessions.TryUpdate(key, imported, present);
            }
        }
    }

    private void Remove(ulong key)
    {
        if (_sessions.TryRemove(key, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    private void StartTrimming(int most, long expired)
    {
        if (Interlocked.CompareExchange(ref _isTrimming, 1, 0) == 0)
        {
            Volatile.Write(ref _trimming, Task.Run(() =>
            {
                Trim(most, expired);
                Volatile.Write(ref _isTrimming, 0);
            }));
        }
    }
}
