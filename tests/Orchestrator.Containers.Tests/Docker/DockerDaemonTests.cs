namespace Orchestrator.Containers.Docker;

[Trait("Engine", "Docker")]
public sealed class DockerDaemonTests
{
    [Fact]
    public async Task An_engine_that_is_killed_ends_all_streams_by_type_and_is_found_again()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var daemon = new DockerDaemon();
        await daemon.StartAsync(cancellation);
        using var engine = daemon.Connect();
        await engine.Images.ImportAsync(TestImage.WithBusyboxAs("sleep"), "sleep:1", ["ENV PATH=/bin"], cancellation);
        var sleep = new CommandLine { Executable = "sleep", Arguments = ["1000"] };
        var specification = new ContainerSpecification { Name = "one", Image = "sleep:1", Command = sleep, Labels = ValueMap.Empty.With("a", "b") };
        var id = await engine.CreateAsync(specification, cancellation);
        await engine.StartAsync(id, cancellation);

        Task[] streams =
        [
            DrainAsync(engine.WatchAsync(specification.Labels, null, cancellation)),
            DrainAsync(engine.ReadLogsAsync(id, 10, follow: true, cancellation)),
            DrainAsync(engine.ExecuteAsync(id, new ContainerCommand { Command = sleep }, cancellation)),
            DrainAsync(engine.ExecuteAsync(id, new ContainerCommand { Command = sleep, Input = "x" }, cancellation)),
        ];
        while ((await engine.GetUsageAsync(id, cancellation))!.Processes < 4)
        {
            await Task.Yield();
        }

        await daemon.KillAsync();
        var ends = await Task.WhenAll(streams.Select(stream => Assert.ThrowsAsync<DockerException>(() => stream)));
        var away = await Assert.ThrowsAsync<DockerException>(async () => await engine.InspectAsync(id, cancellation));
        await daemon.StartAsync(cancellation);

        Assert.All(ends.Append(away), error => Assert.Equal((DockerException.Unavailable, true), (error.Code, error.IsTransient)));
        var found = Assert.Single(await engine.ListAsync(specification.Labels, cancellation));
        Assert.Equal((id, "one"), (found.Id, found.Name));
        await engine.StartAsync(id, cancellation);
        Assert.Equal(ContainerState.Running, (await engine.InspectAsync(id, cancellation))!.State);
        await engine.RemoveAsync(id, cancellation);
    }

    private static async Task DrainAsync<T>(IAsyncEnumerable<T> items)
    {
        await foreach (var _ in items)
        {
            // Only its end matters.
        }
    }
}
