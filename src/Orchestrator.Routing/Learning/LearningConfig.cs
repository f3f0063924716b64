namespace Orchestrator.Routing.Learning;

/// <summary>The learning options as one snapshot read them.</summary>
/// <param name="Frozen">Nothing new is learned.</param>
/// <param name="Discount">What remains of the old evidence with each new piece.</param>
/// <param name="PriorMass">How many tasks a prior weighs as much as.</param>
internal sealed record LearningConfig(bool Frozen, double Discount, double PriorMass)
{
    public LearningConfig(LearningOptions options)
        : this(options.Frozen, options.Discount, options.PriorMass)
    {
    }
}
