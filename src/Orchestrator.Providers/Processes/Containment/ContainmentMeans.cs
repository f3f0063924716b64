namespace Orchestrator.Providers.Processes;

/// <summary>What holds and finds the processes of an execution.</summary>
/// <param name="Groups">Makes control groups; <see langword="null"/> without.</param>
/// <param name="SetsMarks">Whether processes carry the mark that no program wipes by accident.</param>
internal sealed record ContainmentMeans(ControlGroups? Groups, bool SetsMarks)
{
    /// <summary>Environment and session only.</summary>
    public static ContainmentMeans None { get; } = new(null, false);
}
