using System.Buffers;
using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.Leasing;

/// <summary>Chooses an instance of a snapshot. Takes no slot, waits for nothing and allocates nothing.</summary>
/// <remarks>Thread-safe. What it reads may change while it reads: the caller takes the slot by an interlocked operation and asks again when it is gone.</remarks>
internal sealed class InstanceSelector(SelectionKind kind, IInstanceSelectionPolicy? added, TimeProvider time, ulong seed, ILogger logger)
{
    private const int Draws = 4;
    private const uint GoldenStep = 2_654_435_769; // 2³² ÷ the golden ratio: turns that spread evenly over the whole range

    private readonly RandomSource _random = new(seed);
    private uint _turn = uint.MaxValue;

    /// <returns>The index of an instance that had a free slot; -1 when none had.</returns>
    public int Select(PoolSnapshot snapshot, ContainerRequest request)
    {
        var instances = snapshot.Instances;
        if (instances.Length == 0)
        {
            return -1;
        }

        if (kind == SelectionKind.Added)
        {
            return Ask(snapshot, request);
        }

        var key = request.AffinityKey ?? (kind == SelectionKind.SessionAffinity ? request.TaskId : null);
        if (key is not null)
        {
            return Affine(snapshot, key);
        }

        return kind switch
        {
            SelectionKind.LeastRequests => LeastLoaded(snapshot),
            SelectionKind.RoundRobin => NextInTurn(snapshot),
            SelectionKind.Random => AtRandom(snapshot),
            _ => BetterOfTwo(snapshot),
        };
    }

    private int BetterOfTwo(PoolSnapshot snapshot)
    {
        if (!snapshot.HasEqualWeights)
        {
            return BetterOfTwoByWeight(snapshot);
        }

        var instances = snapshot.Instances;
        if (instances.Length < 3)
        {
            return LeastLoaded(snapshot);
        }

        var bits = _random.Next();
        var first = RandomSource.Index((uint)bits, instances.Length);
        var second = RandomSource.Index((uint)(bits >> 32), instances.Length - 1);
        second += second >= first ? 1 : 0;
        var (a, b) = (instances[first], instances[second]);
        var (loadOfA, loadOfB) = (a.Load, b.Load);
        var (isOpenA, isOpenB) = (loadOfA < (uint)a.SoftLimit, loadOfB < (uint)b.SoftLimit);
        if (!isOpenA || !isOpenB)
        {
            return isOpenA ? first : isOpenB ? second : LeastLoaded(snapshot);
        }

        if (snapshot.IsEven(time, out var now))
        {
            return loadOfB < loadOfA ? second : first;
        }

        return (loadOfB + 1) * snapshot.WeightOf(a, now) < (loadOfA + 1) * snapshot.WeightOf(b, now) ? second : first;
    }

    /// <summary>Both are drawn by weight, so that one of many with a large weight gets its share; of two that are equally loaded for their weight, the first.</summary>
    private int BetterOfTwoByWeight(PoolSnapshot snapshot)
    {
        snapshot.IsEven(time, out var now);
        var (first, second) = (DrawByWeight(snapshot, now), DrawByWeight(snapshot, now));
        var (a, b) = (snapshot.Instances[first], snapshot.Instances[second]);
        var (loadOfA, loadOfB) = (a.Load, b.Load);
        var (isOpenA, isOpenB) = (loadOfA < (uint)a.SoftLimit, loadOfB < (uint)b.SoftLimit);
        return isOpenA && isOpenB ? loadOfB * snapshot.WeightOf(a, now) < loadOfA * snapshot.WeightOf(b, now) ? second : first
            : isOpenA ? first
            : isOpenB ? second
            : LeastLoaded(snapshot);
    }

    /// <summary>One by its weight, with its slow start counted in as far as a few draws can.</summary>
    private int DrawByWeight(PoolSnapshot snapshot, long now)
    {
        var at = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            at = snapshot.At(_random.NextShare());
            if (IsDrawn(snapshot, snapshot.Instances[at], now))
            {
                break;
            }
        }

        return at;
    }

    /// <summary>The lowest load, below the soft limit before above it; from a random place on, so that callers of one moment do not all choose the first.</summary>
    private int LeastLoaded(PoolSnapshot snapshot)
    {
        var start = RandomSource.Index((uint)_random.Next(), snapshot.Instances.Length);
        if (!snapshot.IsEven(time, out var now) || !snapshot.HasEqualLimits)
        {
            return LeastWeighted(snapshot, start, now);
        }

        // With equal limits the lowest load is below the soft limit if any is.
        var instances = snapshot.Instances.AsSpan();
        var lowest = (uint)instances[start].HardLimit;
        var inTail = Lowest(instances[start..], ref lowest);
        var inHead = lowest == 0 ? -1 : Lowest(instances[..start], ref lowest);
        return inHead >= 0 ? inHead
            : inTail >= 0 ? start + inTail
            : -1;
    }

    /// <returns>The index of the first with the lowest load, when that is below <paramref name="lowest"/>; else -1.</returns>
    private static int Lowest(ReadOnlySpan<PoolInstance> instances, ref uint lowest)
    {
        var best = -1;
        for (var i = 0; i < instances.Length; i++)
        {
            var load = instances[i].Load;
            if (load < lowest)
            {
                (best, lowest) = (i, load);
                if (load == 0)
                {
                    break;
                }
            }
        }

        return best;
    }

    private static int LeastWeighted(PoolSnapshot snapshot, int start, long now)
    {
        var instances = snapshot.Instances;
        var (best, lowest, isBestOver) = (-1, double.PositiveInfinity, true);
        for (var passed = 0; passed < instances.Length; passed++)
        {
            var at = start + passed;
            at -= at >= instances.Length ? instances.Length : 0;
            var instance = instances[at];
            var slots = instance.Load;
            if (slots < (uint)instance.HardLimit)
            {
                var (load, isOver) = ((slots + 1) / snapshot.WeightOf(instance, now), slots >= (uint)instance.SoftLimit);
                if (best < 0 || (isOver == isBestOver ? load < lowest : isBestOver))
                {
                    (best, lowest, isBestOver) = (at, load, isOver);
                }
            }
        }

        return best;
    }

    private int NextInTurn(PoolSnapshot snapshot)
    {
        var instances = snapshot.Instances;
        var turn = Interlocked.Increment(ref _turn);
        if (!snapshot.HasEqualWeights)
        {
            return NextByWeight(snapshot, turn);
        }

        var start = (int)(turn % (uint)instances.Length);
        if (snapshot.IsEven(time, out var now))
        {
            return Sweep(instances, start);
        }

        for (var passed = 0; passed < instances.Length; passed++)
        {
            var at = (start + passed) % instances.Length;
            if (instances[at].Load < (uint)instances[at].SoftLimit && IsDrawn(snapshot, instances[at], now))
            {
                return at;
            }
        }

        return Sweep(instances, start);
    }

    /// <summary>Turns go through the weights in steps that spread evenly, so each gets its share of any run of turns.</summary>
    private int NextByWeight(PoolSnapshot snapshot, uint turn)
    {
        snapshot.IsEven(time, out var now);
        var at = snapshot.At(unchecked(turn * GoldenStep) * (1.0 / (1UL << 32)));
        var instance = snapshot.Instances[at];
        return instance.Load < (uint)instance.SoftLimit && IsDrawn(snapshot, instance, now)
            ? at
            : OpenByWeight(snapshot, now);
    }

    private int AtRandom(PoolSnapshot snapshot)
    {
        var instances = snapshot.Instances;
        var isEven = snapshot.IsEven(time, out var now);
        var at = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            at = snapshot.HasEqualWeights ? RandomSource.Index((uint)_random.Next(), instances.Length) : snapshot.At(_random.NextShare());
            if (instances[at].Load < (uint)instances[at].SoftLimit && (isEven || IsDrawn(snapshot, instances[at], now)))
            {
                return at;
            }
        }

        return snapshot.HasEqualWeights ? Sweep(instances, at) : OpenByWeight(snapshot, now);
    }

    /// <summary>One by its weight of those below their soft limit: what a heavy one has no room for is shared by all others. Without such, the first below its hard limit.</summary>
    private int OpenByWeight(PoolSnapshot snapshot, long now)
    {
        var (instances, all) = (snapshot.Instances, 0.0);
        foreach (var instance in instances)
        {
            all += instance.Load < (uint)instance.SoftLimit ? snapshot.WeightOf(instance, now) : 0;
        }

        var (left, last) = (_random.NextShare() * all, -1);
        for (var at = 0; at < instances.Length && (last < 0 || left >= 0); at++)
        {
            if (instances[at].Load < (uint)instances[at].SoftLimit)
            {
                left -= snapshot.WeightOf(instances[at], now);
                last = at;
            }
        }

        return last >= 0 ? last : Sweep(instances, RandomSource.Index((uint)_random.Next(), instances.Length));
    }

    /// <summary>The first from a place on that is below its soft limit; else the first below its hard limit.</summary>
    private static int Sweep(PoolInstance[] instances, int start)
    {
        var fallback = -1;
        for (var passed = 0; passed < instances.Length; passed++)
        {
            var at = start + passed;
            at -= at >= instances.Length ? instances.Length : 0;
            var load = instances[at].Load;
            if (load < (uint)instances[at].SoftLimit)
            {
                return at;
            }

            fallback = fallback < 0 && load < (uint)instances[at].HardLimit ? at : fallback;
        }

        return fallback;
    }

    /// <summary>By rendezvous: only the keys of an instance that goes move, and they spread over all others. Slow start does not count, as it would move keys back and forth.</summary>
    private static int Affine(PoolSnapshot snapshot, string key)
    {
        var hash = RendezvousHash.Of(key);
        if (!snapshot.HasEqualWeights)
        {
            return AffineByWeight(snapshot, hash);
        }

        var best = Highest(snapshot.Hashes, hash);
        var home = snapshot.Instances[best];
        return home.Load < (uint)home.HardLimit ? best : AffineByWeight(snapshot, hash);
    }

    private static int Highest(ulong[] hashes, ulong key)
    {
        var (best, highest) = (0, 0UL);
        for (var i = 0; i < hashes.Length; i++)
        {
            var score = RendezvousHash.Score(key, hashes[i]);
            if (score > highest)
            {
                (best, highest) = (i, score);
            }
        }

        return best;
    }

    private static int AffineByWeight(PoolSnapshot snapshot, ulong key)
    {
        var instances = snapshot.Instances;
        var (best, highest) = (-1, double.NegativeInfinity);
        for (var i = 0; i < instances.Length; i++)
        {
            var instance = instances[i];
            if (instance.Load < (uint)instance.HardLimit)
            {
                // Grows with the score and with the weight, so that a weight of 3 wins three times as many keys.
                var score = RendezvousHash.Score(key, instance.NameHash);
                var weighted = instance.Weight / -Math.Log(((score >> 11) + 0.5) * (1.0 / (1UL << 53)));
                (best, highest) = weighted > highest ? (i, weighted) : (best, highest);
            }
        }

        return best;
    }

    private int Ask(PoolSnapshot snapshot, ContainerRequest request)
    {
        var instances = snapshot.Instances;
        var candidates = ArrayPool<InstanceCandidate>.Shared.Rent(instances.Length);
        var indices = ArrayPool<int>.Shared.Rent(instances.Length);
        try
        {
            snapshot.IsEven(time, out var now);
            var count = 0;
            for (var i = 0; i < instances.Length; i++)
            {
                var load = instances[i].Load;
                if (load < (uint)instances[i].HardLimit)
                {
                    indices[count] = i;
                    candidates[count++] = new(instances[i].Name, (int)load, instances[i].SoftLimit, instances[i].HardLimit, snapshot.WeightOf(instances[i], now));
                }
            }

            if (count == 0)
            {
                return -1;
            }

            var chosen = added!.Select(candidates.AsSpan(0, count), request);
            return indices[(uint)chosen < (uint)count ? chosen : 0];
        }
        catch (Exception exception)
        {
            // Whoever releases a lease also serves those that wait: a policy that throws must not end in their hands.
            Log.PolicyThrew(logger, exception, added!.Name);
            return LeastLoaded(snapshot);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(indices);
            ArrayPool<InstanceCandidate>.Shared.Return(candidates, clearArray: true);
        }
    }

    /// <summary>Whether one that was drawn is taken: less often while its slow start lasts.</summary>
    private bool IsDrawn(PoolSnapshot snapshot, PoolInstance instance, long now) => snapshot.StartOf(instance, now) is var start && (start >= 1 || _random.NextShare() < start);
}
