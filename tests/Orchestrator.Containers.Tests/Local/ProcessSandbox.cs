using Orchestrator.Containers.Engines;
using Orchestrator.Containers.Local.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Local;

/// <summary>Engines over processes, as the conformance tests need them.</summary>
internal static class ProcessSandbox
{
    // As little of HTTP as a client takes for an answer; perl, as git needs it, is wherever these tests run.
    public const string ServeScript = """
        exec perl -MIO::Socket::INET -e '
            my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ENV{PORT} || 8080, Listen => 16, ReuseAddr => 1) or die;
            while (my $client = $server->accept) {
                while (<$client>) { last if /^\r?$/ }
                print $client "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
                close $client;
            }'
        """;

    public static EngineSandbox Open() => new(new OwnedEngine(new TemporaryDirectory()), "none", ServeScript);

    /// <summary>An engine whose directory goes with it.</summary>
    public static IContainerEngine OpenIn(TemporaryDirectory directory) => new OwnedEngine(directory);

    public static ProcessEngine Engine(string directory, TimeProvider? time = null, IProcessTable? table = null, long maxLogBytes = 8 * 1024 * 1024) => new(
        new ProcessEngineOptions { StateDirectory = directory, PollInterval = TimeSpan.FromMilliseconds(50), MaxLogBytes = maxLogBytes },
        time ?? TimeProvider.System,
        logger: null,
        table ?? new LinuxProcessTable());

    /// <summary>An engine and its directory, which goes with it.</summary>
    private sealed class OwnedEngine(TemporaryDirectory directory) : IContainerEngine, IAsyncDisposable
    {
        private readonly ProcessEngine _engine = Engine(directory.Path);

        public string Name => _engine.Name;

        public ValueTask<string> CreateAsync(ContainerSpecification specification, CancellationToken cancellationToken) => _engine.CreateAsync(specification, cancellationToken);

        public ValueTask StartAsync(string id, CancellationToken cancellationToken) => _engine.StartAsync(id, cancellationToken);

        public ValueTask StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken) => _engine.StopAsync(id, grace, cancellationToken);

        public ValueTask RemoveAsync(string id, CancellationToken cancellationToken) => _engine.RemoveAsync(id, cancellationToken);

        public ValueTask<ContainerStatus?> InspectAsync(string id, CancellationToken cancellationToken) => _engine.InspectAsync(id, cancellationToken);

        public ValueTask<ValueList<ContainerStatus>> ListAsync(ValueMap labels, CancellationToken cancellationToken) => _engine.ListAsync(labels, cancellationToken);

        public IAsyncEnumerable<ContainerOutput> ExecuteAsync(string id, ContainerCommand command, CancellationToken cancellationToken) =>
            _engine.ExecuteAsync(id, command, cancellationToken);

        public ValueTask PauseAsync(string id, CancellationToken cancellationToken) => _engine.PauseAsync(id, cancellationToken);

        public ValueTask ResumeAsync(string id, CancellationToken cancellationToken) => _engine.ResumeAsync(id, cancellationToken);

        public ValueTask<ContainerUsage?> GetUsageAsync(string id, CancellationToken cancellationToken) => _engine.GetUsageAsync(id, cancellationToken);

        public IAsyncEnumerable<ContainerOutput> ReadLogsAsync(string id, int lines, bool follow, CancellationToken cancellationToken) =>
            _engine.ReadLogsAsync(id, lines, follow, cancellationToken);

        public IAsyncEnumerable<ContainerEvent> WatchAsync(ValueMap labels, DateTimeOffset? since, CancellationToken cancellationToken) =>
            _engine.WatchAsync(labels, since, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await _engine.DisposeAsync();
            directory.Dispose();
        }
    }
}
