using Orchestrator.Containers.State;

namespace Orchestrator.Containers.Tests.State;

/// <summary>A pool whose account a test sets.</summary>
internal sealed class ScriptedPool : IAccountedPool
{
    /// <summary>What it was told, each time.</summary>
    public List<PoolAccount?> Recalled { get; } = [];

    public PoolAccount? Now { get; set; } = PoolAccount.Empty;

    public string Name { get; init; } = "a";

    public PoolAccount? Account => Recalled.Count == 0 ? null : Now;

    public void Recall(PoolAccount? account) => Recalled.Add(account);
}
