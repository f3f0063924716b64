using Orchestrator.Testing;

namespace Orchestrator.Conformance.Model;

/// <summary>Makes random programs, and writes them so that they can be run again.</summary>
internal static class ModelProgram
{
    private const int MinSteps = 8;

    private const int MaxSteps = 24;

    private static readonly (ModelStepKind Kind, int Weight)[] Weights =
    [
        (ModelStepKind.Add, 22), (ModelStepKind.AddPlan, 5), (ModelStepKind.Lease, 20), (ModelStepKind.LeaseTogether, 3), (ModelStepKind.End, 20),
        (ModelStepKind.EndTogether, 2), (ModelStepKind.Renew, 4), (ModelStepKind.Write, 3), (ModelStepKind.Reclaim, 3), (ModelStepKind.ReclaimExpired, 5),
        (ModelStepKind.DiscardOverdue, 3), (ModelStepKind.Cancel, 5), (ModelStepKind.Retry, 5), (ModelStepKind.Reprioritize, 3), (ModelStepKind.Delete, 2),
        (ModelStepKind.Pause, 2), (ModelStepKind.SetQueue, 5), (ModelStepKind.SetGroup, 4), (ModelStepKind.RequestRelease, 2), (ModelStepKind.CancelPlan, 1),
        (ModelStepKind.Decide, 3), (ModelStepKind.Wait, 14), (ModelStepKind.Restart, 1), (ModelStepKind.GiveUp, 1), (ModelStepKind.Inspect, 3),
    ];

    private static readonly ModelStepKind[] Deck = [.. Weights.SelectMany(weight => Enumerable.Repeat(weight.Kind, weight.Weight))];

    public static IReadOnlyList<ModelStep> Create(int seed)
    {
        var random = SeededRandom.Create(seed);
        var steps = new ModelStep[random.Next(MinSteps, MaxSteps + 1)];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = new ModelStep(i == 0 ? ModelStepKind.Add : Deck[random.Next(Deck.Length)], random.Next(100_000));
        }

        return steps;
    }

    public static string Write(IEnumerable<ModelStep> steps) => string.Join(' ', steps);

    public static IReadOnlyList<ModelStep> Parse(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ModelStep.Parse)];
}
