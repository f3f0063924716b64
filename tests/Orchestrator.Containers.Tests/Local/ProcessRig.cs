using Orchestrator.Containers.Engines;
using Orchestrator.Containers.Local.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Local;

/// <summary>A state directory, engines on it, and helpers to look at what runs. Ends all that its instances started.</summary>
internal sealed class ProcessRig : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<ProcessEngine> _engines = [];

    public ProcessRig() => Engine = Open();

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public string Path => _directory.Path;

    public ProcessEngine Engine { get; }

    public LinuxProcessTable Table { get; } = new();

    public static ContainerSpecification Specification(string script, string? name = null) =>
        new() { Name = name ?? EngineSandbox.Unique(), Image = "none", Command = EngineSandbox.Shell(script) };

    public ProcessEngine Open(TimeProvider? time = null, IProcessTable? table = null, long maxLogBytes = 8 * 1024 * 1024)
    {
        var engine = ProcessSandbox.Engine(Path, time, table, maxLogBytes);
        _engines.Add(engine);
        return engine;
    }

    public async Task<string> StartAsync(ContainerSpecification specification, ProcessEngine? engine = null)
    {
        var id = await (engine ?? Engine).CreateAsync(specification, Cancellation);
        await (engine ?? Engine).StartAsync(id, Cancellation);
        return id;
    }

    public Task<string> StartAsync(string script, ProcessEngine? engine = null) => StartAsync(Specification(script), engine);

    /// <summary>The first lines that an instance prints.</summary>
    public async Task<List<string>> LinesAsync(string id, int count)
    {
        var lines = new List<string>();
        await foreach (var line in Engine.ReadLogsAsync(id, 1000, follow: true, Cancellation))
        {
            lines.Add(line.Text);
            if (lines.Count == count)
            {
                break;
            }
        }

        return lines;
    }

    public async Task<List<ContainerOutput>> ExecuteAsync(string id, string script, ProcessEngine? engine = null)
    {
        var output = new List<ContainerOutput>();
        await foreach (var line in (engine ?? Engine).ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell(script) }, Cancellation))
        {
            output.Add(line);
        }

        return output;
    }

    public async Task<ContainerStatus> UntilEndedAsync(string id, ProcessEngine? engine = null)
    {
        while (true)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (await (engine ?? Engine).InspectAsync(id, Cancellation) is { State: ContainerState.Exited } status)
            {
                return status;
            }

            await Task.Yield();
        }
    }

    /// <summary>Whether the process runs, or is frozen; one that only waits for its parent has ended.</summary>
    public bool IsAlive(string processId) => Table.StartTimeOf(int.Parse(processId, System.Globalization.CultureInfo.InvariantCulture)) != 0;

    public async ValueTask DisposeAsync()
    {
        foreach (var status in await Engine.ListAsync(ValueMap.Empty, CancellationToken.None))
        {
            await Engine.RemoveAsync(status.Id, CancellationToken.None);
        }

        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }

        _directory.Dispose();
    }
}
