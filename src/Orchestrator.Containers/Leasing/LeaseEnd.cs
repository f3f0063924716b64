namespace Orchestrator.Containers.Leasing;

/// <summary>How a lease ended.</summary>
internal enum LeaseEnd
{
    /// <summary>Its holder gave it back.</summary>
    Released,

    /// <summary>It was not renewed in time.</summary>
    Expired,

    /// <summary>Its instance died or was given up.</summary>
    Lost,
}
