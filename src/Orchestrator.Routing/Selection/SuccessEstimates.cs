using System.Runtime.CompilerServices;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Selection;

/// <summary>How often each provider's verified work was right, for each type of task: a mean that slowly forgets, held up by a prior.</summary>
/// <remarks>Each cell packs the discounted number of successes and of trials, two floats, into one long that is exchanged whole: no lock, no torn pair.</remarks>
internal sealed class SuccessEstimates(int candidates)
{
    /// <summary>How many verified tasks the prior weighs as much as.</summary>
    public const double PriorMass = 10;

    /// <summary>What remains of the old evidence with every new piece: 0.98 remembers about 50 tasks.</summary>
    public const float Discount = 0.98f;

    private const int Types = (int)AgentTaskType.Optimize + 1;
    private readonly long[] _cells = new long[candidates * Types];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Mean(int candidate, int type, double prior)
    {
        var cell = Volatile.Read(ref _cells[(candidate * Types) + type]);
        return cell == 0 ? prior : ((prior * PriorMass) + Successes(cell)) / (PriorMass + Trials(cell));
    }

    public void Add(int candidate, AgentTaskType type, bool succeeded)
    {
        if (type is <= AgentTaskType.Unknown or > AgentTaskType.Optimize)
        {
            return;
        }

        ref var cell = ref _cells[(candidate * Types) + (int)type];
        var seen = Volatile.Read(ref cell);
        while (true)
        {
            var next = Pack((Successes(seen) * Discount) + (succeeded ? 1 : 0), (Trials(seen) * Discount) + 1);
            var found = Interlocked.CompareExchange(ref cell, next, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    private static float Successes(long cell) => BitConverter.Int32BitsToSingle((int)(cell >> 32));

    private static float Trials(long cell) => BitConverter.Int32BitsToSingle((int)cell);

    private static long Pack(float successes, float trials) =>
        ((long)BitConverter.SingleToInt32Bits(successes) << 32) | (uint)BitConverter.SingleToInt32Bits(trials);
}
