namespace Orchestrator.Routing.Sticky;

/// <summary>The provider of one session, and when it was last used.</summary>
internal sealed class Session(string provider, int candidate, long now)
{
    // Only a guess where the provider stands among the candidates: it is checked against the name, so it need not change together with it.
    private int _candidate = candidate;
    private string _provider = provider;
    private long _lastUsed = now;

    public string Provider => Volatile.Read(ref _provider);

    public int Candidate => Volatile.Read(ref _candidate);

    /// <summary>UTC ticks.</summary>
    public long LastUsed => Volatile.Read(ref _lastUsed);

    public void Use(string provider, int candidate, long now)
    {
        if (!ReferenceEquals(_provider, provider))
        {
            Volatile.Write(ref _provider, provider);
            Volatile.Write(ref _candidate, candidate);
        }

        Volatile.Write(ref _lastUsed, now);
    }
}
