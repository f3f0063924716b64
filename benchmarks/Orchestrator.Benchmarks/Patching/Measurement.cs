namespace Orchestrator.Benchmarks.Patching;

/// <summary>What one contestant took in all rounds.</summary>
internal sealed class Measurement(Contestant contestant)
{
    private readonly List<double> _milliseconds = [];
    private readonly List<double> _megabytes = [];

    public Contestant Contestant { get; } = contestant;

    public double Median => MedianOf(_milliseconds);

    public double Least => _milliseconds.Min();

    public double Most => _milliseconds.Max();

    public double Allocated => MedianOf(_megabytes);

    public void Add(double milliseconds, double megabytes)
    {
        _milliseconds.Add(milliseconds);
        _megabytes.Add(megabytes);
    }

    /// <summary>How many times as long as the other it took: the median of all rounds' ratios, so that a slow minute of the machine counts on both sides.</summary>
    public double RatioTo(Measurement other) => MedianOf([.. _milliseconds.Zip(other._milliseconds, static (mine, others) => mine / others)]);

    private static double MedianOf(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
