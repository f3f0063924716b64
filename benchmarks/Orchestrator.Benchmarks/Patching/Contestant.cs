namespace Orchestrator.Benchmarks.Patching;

/// <summary>One side of a comparison: ours, a peer, or a limit of the machine.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="RunAsync">Does the work once, in the directory given, and returns how much came of it: 0 is a failure.</param>
internal sealed record Contestant(string Name, Func<string, ValueTask<long>> RunAsync)
{
    /// <summary>For what is done at once.</summary>
    public Contestant(string name, Func<string, long> run)
        : this(name, folder => ValueTask.FromResult(run(folder)))
    {
    }

    /// <summary>Makes the files that it works on, before anything is measured: anew for every round; <see langword="null"/> when it needs none of its own.</summary>
    public Action<string>? Write { get; init; }

    /// <summary>Throws unless the files are now what they have to be; outside of what is measured.</summary>
    public Action<string>? Check { get; init; }

    /// <summary>Whether its memory is ours to count.</summary>
    public bool IsProcess { get; init; }
}
