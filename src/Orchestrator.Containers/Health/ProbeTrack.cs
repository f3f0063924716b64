using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Health;

/// <summary>One probe of one run of an instance: when it is due, and what its answers add up to. Used by the pool's loop only.</summary>
internal sealed class ProbeTrack(ContainerCheckKind kind, ContainerProbeOptions options, Random random, ProbeRemains? remains)
{
    private const double Jitter = 0.1;

    private TimeSpan _nextAt = TimeSpan.MinValue;
    private bool _isRunning;
    private int _passesInARow;
    private int _failuresInARow;
    private int _blockedInARow;

    public ContainerCheckKind Kind => kind;

    public ContainerProbeOptions Options => options;

    /// <summary>Whether enough answers in a row said so; null before.</summary>
    public bool? Verdict { get; private set; }

    /// <summary>A command of it that may still run: at first one of the run before, which may have been the same processes.</summary>
    public ProbeRemains? Remains { get; private set; } = remains;

    /// <summary>Whether it could not ask so often that it is not expected to ever again.</summary>
    public bool IsBlocked => _blockedInARow >= options.FailureThreshold;

    /// <summary>What the last answer was.</summary>
    public string Message { get; private set; } = "no answer yet";

    /// <summary>When it is due; never while one runs, as its end is told.</summary>
    public TimeSpan NextDue => _isRunning ? TimeSpan.MaxValue : _nextAt;

    /// <summary>Whether to begin a probe now. There is never a second one beside one that runs: a time that comes meanwhile waits for its end.</summary>
    public bool TryBegin(TimeSpan now)
    {
        if (_isRunning || now < _nextAt)
        {
            return false;
        }

        _isRunning = true;
        _nextAt = now + (options.Interval * (1 - Jitter + (2 * Jitter * random.NextDouble())));
        return true;
    }

    /// <summary>Makes it due at once: somebody told that something may have changed.</summary>
    public void Hurry() => _nextAt = TimeSpan.MinValue;

    /// <summary>Takes an answer.</summary>
    /// <returns>Whether it is worth keeping: the first one, a change, or a failure.</returns>
    public bool Apply(ProbeFinding finding)
    {
        var wasPassing = _passesInARow > 0;
        (_isRunning, Message) = (false, finding.Message);
        _blockedInARow = finding.IsBlocked ? _blockedInARow + 1 : finding.Remains is null || finding.Remains != Remains ? 0 : _blockedInARow;
        Remains = finding.Remains;
        if (finding.Passed)
        {
            (_passesInARow, _failuresInARow) = (_passesInARow + 1, 0);
            Verdict = _passesInARow >= options.SuccessThreshold ? true : Verdict;
        }
        else
        {
            (_passesInARow, _failuresInARow) = (0, _failuresInARow + 1);
            Verdict = _failuresInARow >= options.FailureThreshold ? false : Verdict;
        }

        return !finding.Passed || !wasPassing;
    }
}
