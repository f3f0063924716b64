namespace Orchestrator.Containers.Health;

/// <summary>What an instance's checks add up to.</summary>
internal enum HealthVerdict
{
    /// <summary>Not shown to be up yet.</summary>
    Starting,

    /// <summary>It did not come up in its time.</summary>
    StartupFailed,

    /// <summary>It can take leases.</summary>
    Ready,

    /// <summary>It runs, and can take no leases for now.</summary>
    NotReady,

    /// <summary>It runs, and in it a command that cannot be ended: it cannot be asked how it is, and has to be replaced once its leases ended.</summary>
    NotWhole,

    /// <summary>It has to be restarted.</summary>
    Dead,
}
