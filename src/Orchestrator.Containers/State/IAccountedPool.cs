namespace Orchestrator.Containers.State;

/// <summary>A pool whose account is kept. Thread-safe.</summary>
internal interface IAccountedPool
{
    string Name { get; }

    /// <summary>What is to be kept; null until it has been told what was kept before.</summary>
    PoolAccount? Account { get; }

    /// <summary>Tells it what was kept before, null for nothing. Its loop takes it up by itself; what was accounted meanwhile is added. Only the first call counts.</summary>
    void Recall(PoolAccount? account);
}
