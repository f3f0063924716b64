using System.Security.Cryptography;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Makes the ids of decisions: UUIDs of version 7, like every id of the family.</summary>
/// <remarks>
/// <see cref="Guid.CreateVersion7(DateTimeOffset)"/> asks the operating system for random bytes each time, which costs more than the whole decision. These ids
/// ask once: 64 of their 74 bits are a bijection of a counter with a random start, so that no two of one process are equal, and 10 are random a process. They
/// are names, not secrets.
/// </remarks>
internal sealed class DecisionIds
{
    private readonly int _process;
    private long _counter;

    public DecisionIds()
    {
        Span<byte> random = stackalloc byte[sizeof(long) + sizeof(int)];
        RandomNumberGenerator.Fill(random);
        _counter = BitConverter.ToInt64(random);
        _process = BitConverter.ToInt32(random[sizeof(long)..]) & 0x3FF;
    }

    public Guid Next(DateTimeOffset now)
    {
        var time = now.ToUnixTimeMilliseconds();
        var mixed = Mixer.Mix((ulong)Interlocked.Increment(ref _counter));
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
}
