using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>Tasks that only certain workers of an <see cref="ITaskStore"/> may take.</summary>
public abstract class TaskAssignmentConformanceTests : TaskStoreScenario
{
    private static readonly ValueMap Gpu = new([new("gpu", "a100"), new("zone", "eu")]);

    [Fact]
    public async Task A_task_goes_only_to_the_worker_that_it_names()
    {
        await AddAsync(New("t1") with { Assignment = new TaskAssignment { WorkerName = "second" } }, New("t2", "g") with { Assignment = new TaskAssignment { WorkerName = "second" } });

        Assert.Empty(await LeaseAsync(Ask(9)));
        Assert.Empty(await LeaseAsync(Ask() with { TaskId = "t1" }));
        Assert.Empty(await LeaseAsync(Ask() with { TaskId = "t2" }));
        Assert.Equal(["t1", "t2"], await LeaseIdsAsync(Ask(9) with { Worker = OtherWorker }));
    }

    [Fact]
    public async Task A_task_goes_only_to_a_worker_in_the_container_that_it_names()
    {
        await AddAsync(
            New("t1") with { Assignment = new TaskAssignment { ContainerName = "pod-1" } },
            New("t2", "g") with { Assignment = new TaskAssignment { ContainerName = "pod-1", WorkerName = "first" } },
            New("t3") with { Assignment = new TaskAssignment { ContainerName = "pod-1", WorkerName = "second" } });

        Assert.Empty(await LeaseAsync(Ask(9) with { Worker = OtherWorker }));
        Assert.Equal(["t1", "t2"], await LeaseIdsAsync(Ask(9)));
        Assert.Equal(["t3"], await LeaseIdsAsync(Ask(9) with { Worker = OtherWorker with { ContainerName = "pod-1" } }));
    }

    [Fact]
    public async Task A_task_goes_only_to_a_worker_that_has_all_its_labels_with_their_values()
    {
        await AddAsync(New("t1") with { Assignment = new TaskAssignment { Labels = Gpu } }, New("t2", "g") with { Assignment = new TaskAssignment { Labels = Gpu } });

        Assert.Empty(await LeaseAsync(Ask(9)));
        Assert.Empty(await LeaseAsync(Ask(9) with { Labels = new ValueMap([new("gpu", "a100")]) }));
        Assert.Empty(await LeaseAsync(Ask(9) with { Labels = Gpu.With("zone", "us") }));
        Assert.Empty(await LeaseAsync(Ask(9) with { Labels = Gpu.With("zone", "EU") }));
        Assert.Empty(await LeaseAsync(Ask() with { TaskId = "t1" }));
        Assert.Equal(["t1", "t2"], await LeaseIdsAsync(Ask(9) with { Labels = Gpu.With("more", "1") }));
    }

    [Fact]
    public async Task Labels_are_compared_as_they_are_whatever_characters_they_hold()
    {
        var labels = new ValueMap([new("a.b\"'%_", "ä€😀\\\n"), new("$", "1"), new("", "null")]);
        await AddAsync(New("t1") with { Assignment = new TaskAssignment { Labels = labels } });

        Assert.Empty(await LeaseAsync(Ask() with { Labels = labels.With("a.b\"'%_", "ä€😀\\") }));
        Assert.Empty(await LeaseAsync(Ask() with { Labels = labels.With("$", "01") }));
        Assert.Single(await LeaseAsync(Ask() with { Labels = labels }));
    }

    [Fact]
    public async Task Name_container_and_labels_must_all_fit()
    {
        await AddAsync(New("t1") with { Assignment = new TaskAssignment { WorkerName = "first", ContainerName = "pod-1", Labels = Gpu } });

        Assert.Empty(await LeaseAsync(Ask()));
        Assert.Empty(await LeaseAsync(Ask() with { Worker = OtherWorker, Labels = Gpu }));
        Assert.Empty(await LeaseAsync(Ask() with { Worker = Worker with { ContainerName = "pod-2" }, Labels = Gpu }));
        Assert.Single(await LeaseAsync(Ask() with { Labels = Gpu }));
    }

    [Fact]
    public async Task Assigned_tasks_take_their_place_by_urgency_among_the_others()
    {
        await AddAsync(
            New("t1"),
            New("t2") with { Assignment = new TaskAssignment { WorkerName = "first" } },
            New("t3"),
            New("t4") with { Assignment = new TaskAssignment { ContainerName = "pod-1" } },
            New("t5") with { Assignment = new TaskAssignment { Labels = Gpu }, Priority = 1 },
            New("t6") with { Assignment = new TaskAssignment { WorkerName = "first", ContainerName = "pod-1" } });

        Assert.Equal(["t5", "t1", "t2", "t3", "t4", "t6"], await LeaseIdsAsync(Ask(9) with { Labels = Gpu }));
    }

    [Fact]
    public async Task Tasks_for_others_hold_nobody_up()
    {
        await Store.AddAsync(Enumerable.Range(0, 50).Select(i => New($"t{i}") with { Assignment = new TaskAssignment { WorkerName = $"w{i}", Labels = Gpu } }).ToValueList(), Now, Cancel);
        await AddAsync(New("mine"));

        Assert.Equal(["mine"], await LeaseIdsAsync(Ask(9)));
    }

    [Fact]
    public async Task A_task_comes_back_to_the_workers_that_may_take_it()
    {
        await AddAsync(New("t1") with { Assignment = new TaskAssignment { WorkerName = "first" }, MaxAttempts = 2 });
        await EndAsync(TaskOutcome.Failed((await LeaseOneAsync()).Token, Transient));

        Assert.Empty(await LeaseAsync(Ask() with { Worker = OtherWorker }));
        Assert.Single(await LeaseAsync(Ask()));
    }
}
