using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orchestrator.Routing.Health;

/// <summary>How the last attempts of one candidate ended: ten buckets of the breaker's window, and counters since the start. Written on outcomes only; alone in its lines of memory.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct OutcomeWindow
{
    public const int Buckets = 10;

    private const int CountBits = 16;
    private const long MaxCount = (1 << CountBits) - 1;

    private BucketArray _buckets;

    public long Succeeded;

    public long Failed;

    public long Limited;

    public long Neutral;

    /// <summary>Counts an attempt.</summary>
    public void Add(long now, long windowTicks, bool failed)
    {
        var number = now / BucketTicks(windowTicks);
        ref var bucket = ref _buckets[(int)(number % Buckets)];
        var current = Volatile.Read(ref bucket);
        while (true)
        {
            // Upper half: the bucket's number; then attempts and failures. An old number is an old round.
            var (attempts, failures) = IsOf(current, number) ? (Attempts(current), Failures(current)) : (0, 0);
            if (attempts == MaxCount)
            {
                return;
            }

            var next = ((long)(uint)number << (2 * CountBits)) | ((attempts + 1) << CountBits) | (failures + (failed ? 1 : 0));
            var seen = Interlocked.CompareExchange(ref bucket, next, current);
            if (seen == current)
            {
                return;
            }

            current = seen;
        }
    }

    /// <summary>Attempts and failures within the window.</summary>
    public (long Attempts, long Failures) Sum(long now, long windowTicks)
    {
        var number = now / BucketTicks(windowTicks);
        var (attempts, failures) = (0L, 0L);
        for (var i = 0; i < Buckets; i++)
        {
            var bucket = Volatile.Read(ref _buckets[i]);
            var age = (int)((uint)number - (uint)(bucket >>> (2 * CountBits)));
            if (age is >= 0 and < Buckets)
            {
                attempts += Attempts(bucket);
                failures += Failures(bucket);
            }
        }

        return (attempts, failures);
    }

    /// <summary>Forgets the attempts, not the counters.</summary>
    public void Clear()
    {
        for (var i = 0; i < Buckets; i++)
        {
            Interlocked.Exchange(ref _buckets[i], 0);
        }
    }

    private static long BucketTicks(long windowTicks) => Math.Max(1, windowTicks / Buckets);

    private static bool IsOf(long bucket, long number) => (uint)(bucket >>> (2 * CountBits)) == (uint)number;

    private static long Attempts(long bucket) => (bucket >>> CountBits) & MaxCount;

    private static long Failures(long bucket) => bucket & MaxCount;

    [InlineArray(Buckets)]
    private struct BucketArray
    {
        private long _first;
    }
}
