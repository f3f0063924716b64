using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Presence;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests.Processes;

public sealed class ProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_task_of_a_killed_process_is_taken_back_at_once_with_its_checkpoint()
    {
        var (database, presence) = (_directory.Combine("queue.db"), _directory.Combine("presence"));
        await using var provider = Provider(database, presence);
        await provider.GetRequiredService<ITaskQueue>().EnqueueAsync(new TaskSubmission { Id = "t1", Type = "hang", Payload = "1" }, Cancel);
        using var child = Child.Start(_directory.Path, "work", database, presence);
        var started = await child.StandardOutput.ReadLineAsync(Cancel);
        Assert.StartsWith("started t1 ", started, StringComparison.Ordinal);
        var worker = started!.Split(' ')[2];
        using var agent = Process.GetProcessById(int.Parse(started.Split(' ')[3], CultureInfo.InvariantCulture));
        var recovery = provider.GetRequiredService<WorkerRecovery>();

        var whileItLives = await recovery.RunAsync(Cancel);
        child.Kill();
        await child.WaitForExitAsync(Cancel);
        var afterItDied = await recovery.RunAsync(Cancel);
        var again = await recovery.RunAsync(Cancel);
        var agentOutlived = !agent.HasExited;
        agent.Kill();

        Assert.True(agentOutlived);
        Assert.Equal(new WorkerRecoveryResult(), whileItLives);
        Assert.Equal(new WorkerRecoveryResult { DeadWorkers = [worker], ReclaimedTasks = ["t1"] }, afterItDied);
        Assert.Equal(new WorkerRecoveryResult(), again);
        var task = await provider.GetRequiredService<ITaskAdministration>().GetAsync("t1", Cancel);
        Assert.Equal((QueuedTaskState.Available, 0, 1, """{"step":1}"""), (task!.State, task.Attempt, task.Crashes, task.Checkpoint));
        Assert.Equal([provider.GetRequiredService<WorkerIdentity>().Id], Directory.EnumerateFiles(presence).Select(Path.GetFileNameWithoutExtension));
    }

    [Fact]
    public async Task Processes_that_start_at_once_on_a_new_file_and_write_never_find_it_locked()
    {
        var database = _directory.Combine("queue.db");
        var children = Enumerable.Range(0, 4).Select(i => Child.Start(_directory.Path, "enqueue", database, $"p{i}", "50")).ToList();

        foreach (var child in children)
        {
            var errors = await child.StandardError.ReadToEndAsync(Cancel);
            await child.WaitForExitAsync(Cancel);
            Assert.Equal((0, ""), (child.ExitCode, errors));
            child.Dispose();
        }

        await using var provider = Provider(database, null);
        Assert.Equal(200, (await provider.GetRequiredService<ITaskAdministration>().GetStatisticsAsync(cancellationToken: Cancel)).Available);
    }

    [Fact]
    public async Task Handlers_that_block_every_thread_of_the_pool_for_longer_than_a_lease_do_not_lose_it()
    {
        var database = _directory.Combine("queue.db");
        using var child = Child.Start(_directory.Path, "starve", database);

        var output = await child.StandardOutput.ReadToEndAsync(Cancel);
        await child.WaitForExitAsync(Cancel);

        Assert.Equal((0, "None"), (child.ExitCode, output.Trim()));
        await using var provider = Provider(database, null);
        var tasks = await provider.GetRequiredService<ITaskAdministration>().ListAsync(new TaskQuery(), Cancel);
        Assert.All(tasks, task => Assert.Equal((QueuedTaskState.Completed, 0, 1L), (task.State, task.Crashes, task.LeaseId)));
    }

    [Fact]
    public async Task Handlers_that_block_every_thread_do_not_lose_their_leases_while_another_process_writes()
    {
        var database = _directory.Combine("queue.db");
        await using var provider = Provider(database, null);
        var queue = provider.GetRequiredService<ITaskQueue>();
        using var child = Child.Start(_directory.Path, "starve", database);

        for (var i = 0; !child.HasExited; i++)
        {
            await queue.EnqueueAsync(new TaskSubmission { Id = $"other-{i}", Type = "other", Queue = "other", Payload = "1" }, Cancel);
        }

        Assert.Equal((0, "None"), (child.ExitCode, (await child.StandardOutput.ReadToEndAsync(Cancel)).Trim()));
    }

    [Fact]
    public async Task The_queue_works_with_no_configuration()
    {
        using var child = Child.Start(_directory.Path, "bare");

        var output = await child.StandardOutput.ReadToEndAsync(Cancel);
        await child.WaitForExitAsync(Cancel);

        Assert.Equal((0, "Enqueued"), (child.ExitCode, output.Trim()));
        Assert.True(File.Exists(_directory.Combine("orchestrator.db")));
    }

    private static ServiceProvider Provider(string database, string? presence) =>
        new ServiceCollection().AddTaskQueue(options => options.PresenceDirectory = presence).UseSqlite(database).Services.BuildServiceProvider();
}
