namespace Orchestrator.Containers.Engines;

/// <summary>Instances of one test on one engine: all carry a label of their own, and none outlives the test.</summary>
/// <param name="engine">The engine; disposed with the sandbox when it can be.</param>
/// <param name="image">An image with <c>sh</c>; of an engine without images, any text.</param>
/// <param name="serveScript">A script that serves HTTP on <c>${PORT:-8080}</c> until it is killed.</param>
public sealed class EngineSandbox(IContainerEngine engine, string image, string serveScript) : IAsyncDisposable
{
    private readonly CancellationTokenSource _deadline = Deadline();
    private bool _isDisposed;

    public IContainerEngine Engine => engine;

    public string ServeScript => serveScript;

    /// <summary>Ends a test that hangs.</summary>
    public CancellationToken Cancellation => _deadline.Token;

    public ValueMap Labels { get; } = new([KeyValuePair.Create("orchestrator.test", Unique())]);

    public static string Unique() => $"t-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}";

    public static CommandLine Shell(string script, params ReadOnlySpan<string> arguments) => new() { Executable = "sh", Arguments = ["-c", script, "sh", .. arguments] };

    public static string[] Lines(IEnumerable<ContainerOutput> output, bool error = false) =>
        [.. output.Where(line => line.ExitCode is null && line.IsError == error).Select(line => line.Text)];

    public ContainerSpecification Specification(string script) => new() { Name = Unique(), Image = image, Command = Shell(script), Labels = Labels };

    public async Task<string> StartAsync(ContainerSpecification specification)
    {
        var id = await engine.CreateAsync(specification, Cancellation);
        await engine.StartAsync(id, Cancellation);
        return id;
    }

    public Task<string> StartAsync(string script = "exec sleep 1000") => StartAsync(Specification(script));

    public Task<List<ContainerOutput>> ExecuteAsync(string id, string script) => ExecuteAsync(id, new ContainerCommand { Command = Shell(script) });

    public async Task<List<ContainerOutput>> ExecuteAsync(string id, ContainerCommand command) =>
        await ToListAsync(engine.ExecuteAsync(id, command, Cancellation));

    public async Task<string[]> LogsAsync(string id, bool follow = false) =>
        Lines(await ToListAsync(engine.ReadLogsAsync(id, 1000, follow, Cancellation)));

    public async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items.WithCancellation(Cancellation))
        {
            list.Add(item);
        }

        return list;
    }

    public async Task<ContainerStatus> InspectAsync(string id) =>
        await engine.InspectAsync(id, Cancellation) ?? throw new InvalidOperationException($"There is no instance {id}.");

    /// <summary>Asks until the instance stands there.</summary>
    public async Task<ContainerStatus> UntilAsync(string id, ContainerState state)
    {
        while (true)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (await InspectAsync(id) is var status && status.State == state)
            {
                return status;
            }

            await Task.Yield();
        }
    }

    /// <summary>The events of this test's instances so far and to come, up to and with one that fits.</summary>
    public async Task<List<ContainerEvent>> EventsUntilAsync(DateTimeOffset since, Func<ContainerEvent, bool> isLast)
    {
        var events = new List<ContainerEvent>();
        await foreach (var one in engine.WatchAsync(Labels, since, Cancellation))
        {
            events.Add(one);
            if (isLast(one))
            {
                break;
            }
        }

        return events;
    }

    /// <summary>Removes the instances; a second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        using var cleanup = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Task.WhenAll((await engine.ListAsync(Labels, cleanup.Token)).Select(status => engine.RemoveAsync(status.Id, cleanup.Token).AsTask()));
        _deadline.Dispose();
        if (engine is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            (engine as IDisposable)?.Dispose();
        }
    }

    private static CancellationTokenSource Deadline()
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(90));
        return deadline;
    }
}
