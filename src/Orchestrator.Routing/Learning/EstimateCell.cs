namespace Orchestrator.Routing.Learning;

/// <summary>What is believed about one candidate for one type and complexity of task, ready for a decision: two pairs of floats, each pair in one long that is exchanged whole.</summary>
internal struct EstimateCell
{
    /// <summary>The mean of the success rate and its standard deviation. Never 0: filled from the priors at start.</summary>
    public long Success;

    /// <summary>The expected duration in seconds and the expected price in US dollars; a negative price says that nothing was learned and the configured price counts.</summary>
    public long Effort;

    public static float First(long pair) => BitConverter.Int32BitsToSingle((int)(pair >> 32));

    public static float Second(long pair) => BitConverter.Int32BitsToSingle((int)pair);

    public static long Pack(float first, float second) => ((long)BitConverter.SingleToInt32Bits(first) << 32) | (uint)BitConverter.SingleToInt32Bits(second);
}
