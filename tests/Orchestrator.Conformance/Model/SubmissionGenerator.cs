using System.Globalization;
using Orchestrator.Queue;

namespace Orchestrator.Conformance.Model;

/// <summary>Makes random tasks: mostly plain ones, each special thing now and then.</summary>
internal sealed class SubmissionGenerator(ModelQueue queue, string prefix)
{
    private static readonly TimeSpan[] Delays = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromHours(2)];

    private int _tasks;

    private int _payloads;

    public TaskSubmission Next(Random random, bool inPlan = false)
    {
        var known = !inPlan && queue.Tasks.Count > 0 && Chance(random, 8) ? queue.Tasks[random.Next(queue.Tasks.Count)].Id : null;
        var key = Chance(random, inPlan ? 3 : 20) ? $"k{random.Next(3)}" : null;
        return new TaskSubmission
        {
            Id = known ?? string.Create(CultureInfo.InvariantCulture, $"{prefix}t{_tasks++}"),
            Type = random.Next(4) == 0 ? "b" : "a",
            Payload = string.Create(CultureInfo.InvariantCulture, $"{_payloads++}"),
            Queue = queue.Name,
            Priority = Chance(random, 5) ? random.Next(-100, 101) : random.Next(-2, 3),
            AvailableAt = Chance(random, 8) ? queue.Now + Delays[random.Next(Delays.Length)] - TimeSpan.FromMinutes(1) : null,
            Delay = Chance(random, 15) ? Delays[random.Next(Delays.Length)] : null,
            Window = Chance(random, 6) ? Window(random) : null,
            Deadline = Chance(random, 10) ? queue.Now + Delays[random.Next(Delays.Length)] : null,
            MaxAttempts = random.Next(1, 4),
            DeduplicationKey = key,
            DeduplicationStates = key is not null && !inPlan && Chance(random, 40) ? States(random) : [],
            DeduplicationPeriod = key is not null && !inPlan && Chance(random, 30) ? Delays[random.Next(Delays.Length)] : null,
            DeduplicationMode = key is not null && !inPlan && Chance(random, 40) ? DeduplicationMode.Replace : DeduplicationMode.Keep,
            Group = Chance(random, 45) ? $"g{random.Next(3)}" : null,
            Slots = Chance(random, 20) ? random.Next(1, 4) : 0,
            Assignment = Chance(random, 12) ? Assignment(random) : null,
        };
    }

    private static TaskWindow Window(Random random)
    {
        var from = random.Next(24);
        return new TaskWindow { From = new TimeOnly(from, 0), To = new TimeOnly((from + random.Next(1, 20)) % 24, 0) };
    }

    private static ValueList<QueuedTaskState> States(Random random) => random.Next(3) switch
    {
        0 => [QueuedTaskState.Available, QueuedTaskState.Scheduled],
        1 => [QueuedTaskState.Completed, QueuedTaskState.Running, QueuedTaskState.Available],
        _ => [QueuedTaskState.Discarded, QueuedTaskState.Cancelled, QueuedTaskState.Retryable],
    };

    private static TaskAssignment Assignment(Random random) => random.Next(4) switch
    {
        0 => new TaskAssignment { WorkerName = "first" },
        1 => new TaskAssignment { ContainerName = "pod-2" },
        2 => new TaskAssignment { Labels = new ValueMap([new("zone", random.Next(2) == 0 ? "eu" : "us")]) },
        _ => new TaskAssignment { WorkerName = "first", ContainerName = "pod-1", Labels = new ValueMap([new("gpu", "yes")]) },
    };

    public static bool Chance(Random random, int percent) => random.Next(100) < percent;
}
