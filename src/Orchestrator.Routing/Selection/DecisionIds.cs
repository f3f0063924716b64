using System.Security.Cryptography;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Numbers the decisions of one router, and makes ids of the numbers: UUIDs of version 7, like every id of the family.</summary>
/// <remarks>
/// <see cref="Guid.CreateVersion7(DateTimeOffset)"/> asks the operating system for random bytes each time, which costs more than the whole decision. These ids
/// ask once: 64 of their 74 bits are a bijection of the number with a random start, so that no two of one router are equal, and 10 are random a router. They
/// are names, not secrets. Each thread takes numbers a block at a time, so that threads share no cache line in between; one thread alone counts 0, 1, 2 ...
/// </remarks>
internal sealed class DecisionIds
{
    private const long BlockSize = 4096;

    // No number that is taken, nor the complement of one, differs from another in this bit alone.
    private const long ShadowBit = 1L << 62;

    [ThreadStatic]
    private static Lane? _lane;

    private readonly int _process;
    private readonly ulong _start;
    private long _block = -1;

    public DecisionIds()
    {
        Span<byte> random = stackalloc byte[sizeof(long) + sizeof(int)];
        RandomNumberGenerator.Fill(random);
        _start = BitConverter.ToUInt64(random);
        _process = BitConverter.ToInt32(random[sizeof(long)..]) & 0x3FF;
    }

    /// <summary>The seed of the decision with this number.</summary>
    public static ulong SeedOf(ulong seed, long number) => Mixer.Mix(seed ^ ((ulong)number * Mixer.Step));

    /// <summary>Takes this thread's next number.</summary>
    public long Next()
    {
        var lane = Current();
        return lane.Next++;
    }

    /// <summary>The number that this thread takes next.</summary>
    public long Peek() => Current().Next;

    /// <summary>The id of the decision with this number.</summary>
    public Guid ToId(long number, DateTimeOffset now)
    {
        var time = now.ToUnixTimeMilliseconds();
        var mixed = Mixer.Mix(_start + (ulong)number);
        return new Guid(
            (int)(time >> 16),
            (short)time,
            (short)(0x7000 | (_process << 2) | (int)(mixed >> 62)),
            (byte)(0x80 | ((mixed >> 56) & 0x3F)),
            (byte)(mixed >> 48),
            (byte)(mixed >> 40),
            (byte)(mixed >> 32),
            (byte)(mixed >> 24),
            (byte)(mixed >> 16),
            (byte)(mixed >> 8),
            (byte)mixed);
    }

    /// <summary>An id for the dry run of a decision: not the one that the decision itself will have.</summary>
    public Guid ToDryId(long number, DateTimeOffset now) => ToId(~number, now);

    /// <summary>An id for what a shadow decides beside the decision with this number.</summary>
    public Guid ToShadowId(long number, DateTimeOffset now) => ToId(number ^ ShadowBit, now);

    private Lane Current()
    {
        var lane = _lane ??= new Lane();
        if (lane.Next == lane.End || !ReferenceEquals(lane.Owner, this))
        {
            lane.Owner = this;
            lane.Next = Interlocked.Increment(ref _block) * BlockSize;
            lane.End = lane.Next + BlockSize;
        }

        return lane;
    }

    private sealed class Lane
    {
        // A thread that goes from one router to another takes a new block; numbers are left over, and there are enough.
        public DecisionIds? Owner { get; set; }

        public long Next { get; set; }

        public long End { get; set; }
    }
}
