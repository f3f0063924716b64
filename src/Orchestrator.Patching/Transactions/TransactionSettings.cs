namespace Orchestrator.Patching;

/// <summary>How a transaction writes.</summary>
/// <param name="Durable">Whether what is written is brought onto the disk.</param>
/// <param name="Atomic">Which files are never seen half written.</param>
internal sealed record TransactionSettings(bool Durable, AtomicPaths Atomic)
{
    public static TransactionSettings Of(PatchOptions options) => new(options.Durability == PatchDurability.Full, new AtomicPaths(options.AtomicPaths));
}
