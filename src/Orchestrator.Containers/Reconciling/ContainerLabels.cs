namespace Orchestrator.Containers.Reconciling;

/// <summary>The labels by which an orchestrator finds its own instances again.</summary>
internal static class ContainerLabels
{
    public const string Pool = "orchestrator.pool";
    public const string Instance = "orchestrator.instance";
    public const string Revision = "orchestrator.revision";
    public const string Owner = "orchestrator.owner";

    /// <summary>What every instance of an owner carries.</summary>
    public static ValueMap OfOwner(string owner) => ValueMap.Empty.With(Owner, owner);

    /// <summary>What every instance of a pool carries.</summary>
    public static ValueMap OfPool(string owner, string pool) => OfOwner(owner).With(Pool, pool);
}
