using Orchestrator.Testing;

namespace Orchestrator.Conformance.Model;

/// <summary>Runs programs step by step against an engine and the model.</summary>
internal static class ModelInterpreter
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(45), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(7),
    ];

    public static async Task RunAsync(ModelRun run, IReadOnlyList<ModelStep> steps)
    {
        foreach (var step in steps)
        {
            await StepAsync(run, step);
            await run.CompareAsync();
        }
    }

    private static Task StepAsync(ModelRun run, ModelStep step)
    {
        var random = SeededRandom.Create(step.Seed);
        return step.Kind switch
        {
            ModelStepKind.Add => ProducerSteps.AddAsync(run, random),
            ModelStepKind.AddPlan => ProducerSteps.AddPlanAsync(run, random),
            ModelStepKind.GiveUp => ProducerSteps.GiveUpAsync(run, random),
            ModelStepKind.Lease => WorkerSteps.LeaseAsync(run, random),
            ModelStepKind.LeaseTogether => WorkerSteps.LeaseTogetherAsync(run, random),
            ModelStepKind.End => WorkerSteps.EndAsync(run, random),
            ModelStepKind.EndTogether => WorkerSteps.EndTogetherAsync(run, random),
            ModelStepKind.Renew => WorkerSteps.RenewAsync(run, random),
            ModelStepKind.Write => WorkerSteps.WriteAsync(run, random),
            ModelStepKind.Reclaim => WorkerSteps.ReclaimAsync(run, random),
            ModelStepKind.ReclaimExpired => WorkerSteps.ReclaimExpiredAsync(run, random),
            ModelStepKind.DiscardOverdue => ClockSteps.DiscardOverdueAsync(run, random),
            ModelStepKind.Cancel => OperatorSteps.CancelAsync(run, random),
            ModelStepKind.Retry => OperatorSteps.RetryAsync(run, random),
            ModelStepKind.Reprioritize => OperatorSteps.ReprioritizeAsync(run, random),
            ModelStepKind.Delete => OperatorSteps.DeleteAsync(run, random),
            ModelStepKind.Pause => OperatorSteps.PauseAsync(run, random),
            ModelStepKind.SetQueue => OperatorSteps.SetQueueAsync(run, random),
            ModelStepKind.SetGroup => OperatorSteps.SetGroupAsync(run, random),
            ModelStepKind.RequestRelease => OperatorSteps.RequestReleaseAsync(run, random),
            ModelStepKind.CancelPlan => OperatorSteps.CancelPlanAsync(run, random),
            ModelStepKind.Decide => OperatorSteps.DecideAsync(run, random),
            ModelStepKind.Wait => Wait(run, random),
            ModelStepKind.Restart => run.RestartAsync(random),
            ModelStepKind.Inspect => ClockSteps.InspectAsync(run, random),
            _ => throw new InvalidOperationException($"There is no step {step.Kind}."),
        };
    }

    private static Task Wait(ModelRun run, Random random)
    {
        run.Queue.Now += Waits[random.Next(Waits.Length)];
        run.Note($"the clock shows {run.Queue.Now:yyyy-MM-dd HH:mm:ss.fff}");
        return Task.CompletedTask;
    }
}
