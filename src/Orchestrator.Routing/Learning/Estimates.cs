using System.Runtime.CompilerServices;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Learning;

/// <summary>What is believed about each candidate for each type and complexity of task: success, duration, price. Evidence slowly fades and is held up by priors.</summary>
/// <remarks>
/// Thread-safe. Decisions read <see cref="Cells"/> with Volatile and never wait; whoever reports takes a short lock of the candidate, adds to the evidence and
/// exchanges the cells that changed.
/// </remarks>
internal sealed class Estimates
{
    /// <summary>The types of task, the unknown one included.</summary>
    public const int Types = (int)AgentTaskType.Optimize + 1;

    /// <summary>The complexities, the unknown one included: its cell speaks of the type as a whole.</summary>
    public const int Complexities = (int)TaskComplexity.Complex + 1;

    /// <summary>How many cells a candidate has.</summary>
    public const int CellsPerCandidate = Types * Complexities;

    private const double DefaultSuccessRate = 0.7;
    private const double DefaultSeconds = 300;
    private const double MinSeconds = 0.001;
    private const double MaxSeconds = 30 * 24 * 3600;

    private readonly CandidateEvidence[] _evidence;
    private LearningConfig _config = new(new LearningOptions());

    public Estimates(int candidates)
    {
        Cells = new EstimateCell[candidates * CellsPerCandidate];
        _evidence = new CandidateEvidence[candidates];
        for (var i = 0; i < candidates; i++)
        {
            _evidence[i] = new CandidateEvidence(CellsPerCandidate) { SuccessRate = DefaultSuccessRate, Seconds = DefaultSeconds };
            PublishAll(i);
        }
    }

    /// <summary>Candidate-major: <c>candidate * CellsPerCandidate + CellOf(type, complexity)</c>.</summary>
    public EstimateCell[] Cells { get; }

    /// <summary>How many candidates there are.</summary>
    public int Count => _evidence.Length;

    /// <summary>A number that grows with everything that is learned, so that a saver knows whether there is something new.</summary>
    public long Changes
    {
        get
        {
            var sum = 0L;
            foreach (var candidate in _evidence)
            {
                sum += Volatile.Read(ref candidate.Changes);
            }

            return sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CellOf(AgentTaskType type, TaskComplexity complexity) =>
        ((uint)type < Types ? (int)type * Complexities : 0) + ((uint)complexity < Complexities ? (int)complexity : 0);

    /// <summary>Takes the priors and options of a new snapshot. What was learned stays.</summary>
    public void Configure(RoutingSnapshot snapshot)
    {
        Volatile.Write(ref _config, snapshot.Config.Learning);
        for (var i = 0; i < _evidence.Length; i++)
        {
            var candidate = _evidence[i];
            lock (candidate.Guard)
            {
                candidate.SuccessRate = snapshot.SuccessRates[i];
                candidate.Seconds = Math.Clamp(snapshot.Seconds[i], MinSeconds, MaxSeconds);
                PublishAll(i);
            }
        }
    }

    /// <summary>Learns from a verified outcome.</summary>
    public void Add(int candidate, AgentTaskType type, TaskComplexity complexity, bool succeeded)
    {
        var config = Volatile.Read(ref _config);
        if (config.Frozen || !IsKnown(type))
        {
            return;
        }

        var evidence = _evidence[candidate];
        var own = CellOf(type, complexity);
        var first = CellOf(type, TaskComplexity.Unknown);
        lock (evidence.Guard)
        {
            for (var cell = first; cell < first + Complexities; cell++)
            {
                // The first cell speaks of the type as a whole: everything is its own.
                evidence.Cells[cell].AddOutcome(succeeded, cell == first || cell == own, config.Discount);
                evidence.Fresh.Cells[cell].AddOutcome(succeeded, cell == first || cell == own, config.Discount);
                Publish(candidate, cell);
            }

            evidence.Changes++;
        }
    }

    /// <summary>Learns from what an attempt that did real work took. A duration or cost of 0 is not known and teaches nothing.</summary>
    public void AddEffort(int candidate, AgentTaskType type, TaskComplexity complexity, TimeSpan duration, decimal costUsd)
    {
        var config = Volatile.Read(ref _config);
        var knowsDuration = duration > TimeSpan.Zero;
        if (config.Frozen || !IsKnown(type) || (!knowsDuration && costUsd <= 0))
        {
            return;
        }

        var evidence = _evidence[candidate];
        var own = CellOf(type, complexity);
        var first = CellOf(type, TaskComplexity.Unknown);
        var logSeconds = Math.Log(Math.Clamp(duration.TotalSeconds, MinSeconds, MaxSeconds));
        lock (evidence.Guard)
        {
            for (var cell = first; cell < first + Complexities; cell++)
            {
                var isOwn = cell == first || cell == own;
                if (knowsDuration)
                {
                    evidence.Cells[cell].AddSeconds(logSeconds, isOwn, config.Discount);
                    evidence.Fresh.Cells[cell].AddSeconds(logSeconds, isOwn, config.Discount);
                }

                if (costUsd > 0)
                {
                    evidence.Cells[cell].AddUsd((double)costUsd, isOwn, config.Discount);
                    evidence.Fresh.Cells[cell].AddUsd((double)costUsd, isOwn, config.Discount);
                }

                Publish(candidate, cell);
            }

            evidence.Changes++;
        }
    }

    /// <summary>How long to wait for a candidate before a hedge starts: the learned mean and two deviations, in the logarithm, which about 98 of 100 tasks stay below.</summary>
    public TimeSpan HedgeDelay(int candidate, AgentTaskType type, TaskComplexity complexity)
    {
        var evidence = _evidence[candidate];
        lock (evidence.Guard)
        {
            var (mean, deviation) = Posterior.LogSeconds(evidence.Cells[CellOf(type, complexity)], evidence.Seconds, Volatile.Read(ref _config).PriorMass);
            return TimeSpan.FromSeconds(Math.Min(Math.Exp(mean + (2 * deviation)), MaxSeconds));
        }
    }

    /// <summary>A copy of everything that was seen of a candidate.</summary>
    public CellEvidence[] Read(int candidate)
    {
        var evidence = _evidence[candidate];
        lock (evidence.Guard)
        {
            return [.. evidence.Cells];
        }
    }

    /// <summary>A copy of everything that was seen of a candidate, for a save.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="number">The number of the save.</param>
    /// <param name="isNew">Whether something was seen since the last save: then it stays known under the number for a while, see <see cref="Merge"/>.</param>
    public CellEvidence[] Save(int candidate, long number, out bool isNew)
    {
        var evidence = _evidence[candidate];
        lock (evidence.Guard)
        {
            isNew = !evidence.Fresh.IsEmpty;
            if (isNew)
            {
                evidence.Keep(number, Volatile.Read(ref _config).Discount);
            }

            return [.. evidence.Cells];
        }
    }

    /// <summary>What went into the saves up to this number has been seen in the store.</summary>
    public void Confirm(int candidate, long number)
    {
        var evidence = _evidence[candidate];
        lock (evidence.Guard)
        {
            evidence.Confirmed = Math.Max(evidence.Confirmed, number);
        }
    }

    /// <summary>Takes over what others saved, with what this process saw itself and is not in it added.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="saved">What is saved.</param>
    /// <param name="confirmed">The number of this process' last save that is in it; 0 for none.</param>
    public void Merge(int candidate, ReadOnlySpan<CellEvidence> saved, long confirmed)
    {
        var discount = Volatile.Read(ref _config).Discount;
        var evidence = _evidence[candidate];
        lock (evidence.Guard)
        {
            evidence.Confirmed = Math.Max(evidence.Confirmed, confirmed);
            saved.CopyTo(evidence.Cells);
            foreach (var segment in evidence.Recent.Where(segment => segment.Number > confirmed))
            {
                segment.AddTo(evidence.Cells, discount);
            }

            evidence.Fresh.AddTo(evidence.Cells, discount);
            PublishAll(candidate);
            evidence.Changes++;
        }
    }

    /// <summary>Replaces everything that was seen of a candidate, by this process and by others; also when learning is frozen.</summary>
    public void Replace(int candidate, ReadOnlySpan<CellEvidence> cells)
    {
        var evidence = _evidence[candidate];
        lock (evidence.Guard)
        {
            cells.CopyTo(evidence.Cells);
            evidence.Recent.Clear();
            evidence.Fresh = new LearnedSegment(0, IsWhole: true, cells.ToArray());
            PublishAll(candidate);
            evidence.Changes++;
        }
    }

    /// <summary>Forgets everything that was seen of a candidate: its priors count again.</summary>
    public void Reset(int candidate) => Replace(candidate, new CellEvidence[CellsPerCandidate]);

    private static bool IsKnown(AgentTaskType type) => type is > AgentTaskType.Unknown and <= AgentTaskType.Optimize;

    private void PublishAll(int candidate)
    {
        for (var cell = 0; cell < CellsPerCandidate; cell++)
        {
            Publish(candidate, cell);
        }
    }

    private void Publish(int candidate, int cell)
    {
        var owner = _evidence[candidate];
        var mass = Volatile.Read(ref _config).PriorMass;
        ref readonly var evidence = ref owner.Cells[cell];
        ref var published = ref Cells[(candidate * CellsPerCandidate) + cell];
        var (mean, deviation) = Posterior.Success(evidence, owner.SuccessRate, mass);
        Volatile.Write(ref published.Success, EstimateCell.Pack((float)mean, (float)deviation));
        Volatile.Write(
            ref published.Effort,
            EstimateCell.Pack((float)Posterior.Seconds(evidence, owner.Seconds, mass), (float)Posterior.Usd(evidence, mass)));
    }

    private sealed class CandidateEvidence(int cells)
    {
        private const int MostRecent = 16;

        /// <summary>Guards everything here and the order in which cells are published.</summary>
        public readonly Lock Guard = new();

        public readonly CellEvidence[] Cells = new CellEvidence[cells];

        /// <summary>What went into the last saves, the oldest first. Also what was seen in the store stays: somebody who did not look may write over it.</summary>
        public readonly List<LearnedSegment> Recent = [];

        /// <summary>What was seen since the last save.</summary>
        public LearnedSegment Fresh = new(0, IsWhole: false, new CellEvidence[cells]);

        public double SuccessRate;

        public double Seconds;

        public long Changes;

        /// <summary>The last save that was seen in the store.</summary>
        public long Confirmed;

        public void Keep(long number, double discount)
        {
            if (Recent.Count == MostRecent)
            {
                if (Recent[0].Number > Confirmed)
                {
                    Recent[1] = Recent[0].Then(Recent[1], discount);
                }

                Recent.RemoveAt(0);
            }

            Recent.Add(Fresh with { Number = number });
            Fresh = new LearnedSegment(0, IsWhole: false, new CellEvidence[Cells.Length]);
        }
    }
}
