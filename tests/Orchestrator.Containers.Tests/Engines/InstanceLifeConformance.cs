namespace Orchestrator.Containers.Engines;

/// <summary>What every engine does with the life of an instance.</summary>
public abstract class InstanceLifeConformance
{
    [Fact]
    public async Task A_created_instance_is_listed_by_its_labels_and_does_not_run()
    {
        await using var sandbox = Open();
        var specification = sandbox.Specification("echo ran") with { Labels = sandbox.Labels.With("role", "a") };
        var id = await sandbox.Engine.CreateAsync(specification, sandbox.Cancellation);
        await sandbox.Engine.CreateAsync(sandbox.Specification("echo ran"), sandbox.Cancellation);

        var all = await sandbox.Engine.ListAsync(sandbox.Labels, sandbox.Cancellation);
        var both = await sandbox.Engine.ListAsync(sandbox.Labels.With("role", "a"), sandbox.Cancellation);
        var none = await sandbox.Engine.ListAsync(sandbox.Labels.With("role", "b"), sandbox.Cancellation);

        Assert.Equal(2, all.Count);
        Assert.Empty(none);
        var status = Assert.Single(both);
        Assert.Equal((id, specification.Name, ContainerState.Created), (status.Id, status.Name, status.State));
        Assert.Equal("a", status.Labels["role"]);
        Assert.Empty(status.Endpoints);
        Assert.Empty(await sandbox.LogsAsync(id));
    }

    [Fact]
    public async Task An_instance_starts_stops_and_starts_again()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();
        var first = await sandbox.InspectAsync(id);
        await sandbox.Engine.StopAsync(id, TimeSpan.FromSeconds(20), sandbox.Cancellation);
        var stopped = await sandbox.InspectAsync(id);
        await sandbox.Engine.StartAsync(id, sandbox.Cancellation);
        var second = await sandbox.InspectAsync(id);

        Assert.Equal((ContainerState.Running, null), (first.State, first.ExitCode));
        Assert.Equal((ContainerState.Exited, 143), (stopped.State, stopped.ExitCode));
        Assert.Equal(ContainerState.Running, second.State);
        Assert.True(first.StartedAt < second.StartedAt);
        Assert.Equal(ContainerState.Running, Assert.Single(await sandbox.Engine.ListAsync(sandbox.Labels, sandbox.Cancellation)).State);
    }

    [Fact]
    public async Task Starting_what_runs_and_stopping_what_has_ended_changes_nothing()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();
        var first = await sandbox.InspectAsync(id);

        await sandbox.Engine.StartAsync(id, sandbox.Cancellation);
        Assert.Equal(first.StartedAt, (await sandbox.InspectAsync(id)).StartedAt);
        await sandbox.Engine.StopAsync(id, TimeSpan.Zero, sandbox.Cancellation);
        await sandbox.Engine.StopAsync(id, TimeSpan.Zero, sandbox.Cancellation);
        await sandbox.Engine.StopAsync(id, TimeSpan.FromSeconds(1), sandbox.Cancellation);

        Assert.Equal(ContainerState.Exited, (await sandbox.InspectAsync(id)).State);
    }

    [Fact]
    public async Task A_program_that_ends_tells_its_exit_code()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync("exit 7");

        var status = await sandbox.UntilAsync(id, ContainerState.Exited);

        Assert.Equal(7, status.ExitCode);
        Assert.False(status.IsOutOfMemory);
        Assert.Equal(7, Assert.Single(await sandbox.Engine.ListAsync(sandbox.Labels, sandbox.Cancellation)).ExitCode);
    }

    [Fact]
    public async Task Stopping_is_polite_first()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync("trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.1; done");
        await FirstLineAsync(sandbox, id);

        await sandbox.Engine.StopAsync(id, TimeSpan.FromSeconds(30), sandbox.Cancellation);

        Assert.Equal(3, (await sandbox.InspectAsync(id)).ExitCode);
        Assert.Equal(["up", "bye"], await sandbox.LogsAsync(id, follow: true));
    }

    [Fact]
    public async Task Stopping_kills_a_program_that_does_not_go_within_the_grace()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync("trap '' TERM; echo up; while :; do sleep 0.1; done");
        await FirstLineAsync(sandbox, id);

        await sandbox.Engine.StopAsync(id, TimeSpan.FromSeconds(1), sandbox.Cancellation);

        var status = await sandbox.InspectAsync(id);
        Assert.Equal((ContainerState.Exited, 137), (status.State, status.ExitCode));
    }

    [Fact]
    public async Task Stopping_without_grace_kills_at_once()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync("trap 'echo polite; exit 3' TERM; echo up; while :; do sleep 0.1; done");
        await FirstLineAsync(sandbox, id);

        await sandbox.Engine.StopAsync(id, TimeSpan.Zero, sandbox.Cancellation);

        Assert.Equal(137, (await sandbox.InspectAsync(id)).ExitCode);
        Assert.Equal(["up"], await sandbox.LogsAsync(id));
    }

    [Fact]
    public async Task A_running_instance_can_be_removed_and_removed_again()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();

        await sandbox.Engine.RemoveAsync(id, sandbox.Cancellation);
        await sandbox.Engine.RemoveAsync(id, sandbox.Cancellation);

        Assert.Null(await sandbox.Engine.InspectAsync(id, sandbox.Cancellation));
        Assert.Empty(await sandbox.Engine.ListAsync(sandbox.Labels, sandbox.Cancellation));
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        await using var sandbox = Open();
        var specification = sandbox.Specification("exec sleep 1000");
        await sandbox.Engine.CreateAsync(specification, sandbox.Cancellation);

        var error = await Assert.ThrowsAnyAsync<OrchestratorException>(async () => await sandbox.Engine.CreateAsync(specification, sandbox.Cancellation));

        Assert.EndsWith(".name_taken", error.Code, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task What_is_asked_of_an_unknown_instance_fails_by_type()
    {
        await using var sandbox = Open();
        var (engine, cancellation) = (sandbox.Engine, sandbox.Cancellation);
        var id = EngineSandbox.Unique();

        Assert.Null(await engine.InspectAsync(id, cancellation));
        Assert.Null(await engine.GetUsageAsync(id, cancellation));
        await engine.RemoveAsync(id, cancellation);
        Func<Task>[] calls =
        [
            async () => await engine.StartAsync(id, cancellation),
            async () => await engine.StopAsync(id, TimeSpan.FromSeconds(1), cancellation),
            async () => await engine.PauseAsync(id, cancellation),
            async () => await engine.ResumeAsync(id, cancellation),
            async () => await sandbox.ExecuteAsync(id, "true"),
            async () => await sandbox.LogsAsync(id),
        ];
        var codes = await Task.WhenAll(calls.Select(async call => (await Assert.ThrowsAnyAsync<OrchestratorException>(call)).Code));

        Assert.All(codes, code => Assert.EndsWith(".not_found", code, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_frozen_instance_goes_on_later()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();

        await sandbox.Engine.PauseAsync(id, sandbox.Cancellation);
        var frozen = await sandbox.InspectAsync(id);
        var listed = Assert.Single(await sandbox.Engine.ListAsync(sandbox.Labels, sandbox.Cancellation));
        await sandbox.Engine.ResumeAsync(id, sandbox.Cancellation);

        Assert.Equal((ContainerState.Paused, ContainerState.Paused), (frozen.State, listed.State));
        Assert.Equal(ContainerState.Running, (await sandbox.InspectAsync(id)).State);
        Assert.Equal(["works"], EngineSandbox.Lines(await sandbox.ExecuteAsync(id, "echo works")));
    }

    [Fact]
    public async Task A_frozen_instance_can_be_stopped_and_another_removed()
    {
        await using var sandbox = Open();
        var stopped = await sandbox.StartAsync();
        var removed = await sandbox.StartAsync();
        await sandbox.Engine.PauseAsync(stopped, sandbox.Cancellation);
        await sandbox.Engine.PauseAsync(removed, sandbox.Cancellation);

        await sandbox.Engine.StopAsync(stopped, TimeSpan.Zero, sandbox.Cancellation);
        await sandbox.Engine.RemoveAsync(removed, sandbox.Cancellation);

        Assert.Equal((ContainerState.Exited, 137), ((await sandbox.InspectAsync(stopped)).State, (await sandbox.InspectAsync(stopped)).ExitCode));
        Assert.Null(await sandbox.Engine.InspectAsync(removed, sandbox.Cancellation));
    }

    [Fact]
    public async Task What_does_not_run_cannot_be_frozen()
    {
        await using var sandbox = Open();
        var id = await sandbox.Engine.CreateAsync(sandbox.Specification("true"), sandbox.Cancellation);

        var error = await Assert.ThrowsAnyAsync<OrchestratorException>(async () => await sandbox.Engine.PauseAsync(id, sandbox.Cancellation));

        Assert.EndsWith(".not_running", error.Code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_instance_tells_what_it_uses()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();

        ContainerUsage? usage;
        do
        {
            usage = await sandbox.Engine.GetUsageAsync(id, sandbox.Cancellation);
        }
        while (usage?.MemoryBytes == 0); // Linux counts the first pages of a program late.

        await sandbox.Engine.StopAsync(id, TimeSpan.Zero, sandbox.Cancellation);

        Assert.NotNull(usage);
        Assert.True(usage.Processes >= 1);
        Assert.True(usage.ProcessorTime >= TimeSpan.Zero);
        Assert.Null(await sandbox.Engine.GetUsageAsync(id, sandbox.Cancellation));
    }

    [Fact]
    public async Task Twenty_instances_live_at_once()
    {
        await using var sandbox = Open();
        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => sandbox.StartAsync()));

        var listed = await sandbox.Engine.ListAsync(sandbox.Labels, sandbox.Cancellation);
        await Task.WhenAll(ids.Select(id => sandbox.Engine.RemoveAsync(id, sandbox.Cancellation).AsTask()));

        Assert.Equal(ids.Order(), listed.Select(status => status.Id).Order());
        Assert.All(listed, status => Assert.Equal(ContainerState.Running, status.State));
        Assert.Empty(await sandbox.Engine.ListAsync(sandbox.Labels, sandbox.Cancellation));
    }

    [Fact]
    public async Task A_cancelled_caller_gets_no_answer()
    {
        await using var sandbox = Open();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sandbox.Engine.CreateAsync(sandbox.Specification("true"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sandbox.Engine.ListAsync(sandbox.Labels, cancelled));

        Assert.Empty(await sandbox.Engine.ListAsync(sandbox.Labels, sandbox.Cancellation));
    }

    protected abstract EngineSandbox Open();

    private static async Task FirstLineAsync(EngineSandbox sandbox, string id)
    {
        await foreach (var _ in sandbox.Engine.ReadLogsAsync(id, 10, follow: true, sandbox.Cancellation))
        {
            return;
        }
    }
}
