using System.Net.Sockets;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Health;

/// <summary>Asks instances how they are. Each probe has its own time limit and never throws but for cancellation of the whole.</summary>
/// <remarks>Thread-safe. Owns its HTTP client: no proxy, no cookies, no redirects, no body is read.</remarks>
internal sealed class ProbeRunner : IDisposable
{
    private readonly IContainerEngine _engine;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public ProbeRunner(IContainerEngine engine, TimeProvider time, HttpMessageHandler? handler = null)
    {
        (_engine, _time) = (engine, time);
        _http = new HttpClient(handler ?? new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxResponseHeadersLength = 16,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // Each probe has its own.
        };
    }

    /// <summary>Asks, within the probe's time limit.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="options">The probe.</param>
    /// <param name="remains">An earlier command of the probe that may still run: it has to end first; null when there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ProbeFinding> RunAsync(PoolInstance instance, ContainerProbeOptions options, ProbeRemains? remains, CancellationToken cancellationToken)
    {
        var (began, id) = (_time.GetTimestamp(), instance.EngineId);
        remains = remains?.EngineId == id ? remains : null; // What was in an earlier instance went with it.
        Task<(bool Passed, string Message)>? asking = null;
        using var limit = new CancellationTokenSource(options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (remains is not null && await MayRunAsync(remains, either.Token).ConfigureAwait(false))
            {
                return new(Passed: false, "an earlier command of it still runs and cannot be ended", _time.GetElapsedTime(began)) { Remains = remains, IsBlocked = true };
            }

            asking = AskAsync(instance, id, options, either.Token).AsTask();
            var (passed, message) = await asking.WaitAsync(either.Token).ConfigureAwait(false);
            return new(passed, message, _time.GetElapsedTime(began));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed($"no answer within {options.Timeout}");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return Failed(error is CommandLeftException && limit.IsCancellationRequested ? $"no answer within {options.Timeout}" : Describe(error));
        }

        ProbeFinding Failed(string message) => new(Passed: false, message, _time.GetElapsedTime(began))
        {
            Remains = asking is null ? remains : options.Command.Count > 0 ? ProbeRemains.Of(id, asking, _time.GetTimestamp()) : null,
            IsBlocked = asking is null && remains is { Ending.IsCompleted: false } && _time.GetElapsedTime(remains.Since) >= ProbeRemains.Patience,
        };
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Whether an earlier command runs although it was to end. While its end is being brought about, that is waited for.</summary>
    private async Task<bool> MayRunAsync(ProbeRemains remains, CancellationToken cancellationToken) =>
        await remains.Ending.WaitAsync(cancellationToken).ConfigureAwait(false) is { } left && _engine is IProbeEngine engine
        && !await engine.TryEndAsync(left, cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);

    private ValueTask<(bool Passed, string Message)> AskAsync(PoolInstance instance, string? id, ContainerProbeOptions options, CancellationToken cancellationToken)
    {
        if (options.Command.Count > 0)
        {
            return id is null ? ValueTask.FromResult((false, "it is not there")) : ExecuteAsync(id, options, cancellationToken);
        }

        var endpoint = instance.Endpoints.FirstOrDefault(endpoint => endpoint.Port == options.Port);
        if (endpoint is null)
        {
            return ValueTask.FromResult((false, $"the engine tells no address for port {options.Port}"));
        }

        return options.HttpPath is { } path ? GetAsync(endpoint, path, cancellationToken) : ConnectAsync(endpoint, cancellationToken);
    }

    private async ValueTask<(bool Passed, string Message)> GetAsync(ContainerEndpoint endpoint, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new UriBuilder(Uri.UriSchemeHttp, endpoint.Host, endpoint.HostPort).Uri, path));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        return (status is >= 200 and <= 399, $"HTTP {status}");
    }

    private static async ValueTask<(bool Passed, string Message)> ConnectAsync(ContainerEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(endpoint.Host, endpoint.HostPort, cancellationToken).ConfigureAwait(false);
        return (true, "connected");
    }

    private async ValueTask<(bool Passed, string Message)> ExecuteAsync(string id, ContainerProbeOptions options, CancellationToken cancellationToken)
    {
        var command = new ContainerCommand { Command = new CommandLine { Executable = options.Command[0], Arguments = [.. options.Command.Skip(1)] } };
        var exitCode = _engine is IProbeEngine engine
            ? await engine.ProbeAsync(id, command, cancellationToken).ConfigureAwait(false)
            : await ExitCodeAsync(_engine.ExecuteAsync(id, command, cancellationToken)).ConfigureAwait(false);
        return (exitCode == 0, exitCode is { } code ? $"exit code {code}" : "no exit code");
    }

    private static async ValueTask<int?> ExitCodeAsync(IAsyncEnumerable<ContainerOutput> outputs)
    {
        int? exitCode = null;
        await foreach (var output in outputs.ConfigureAwait(false))
        {
            exitCode = output.ExitCode ?? exitCode;
        }

        return exitCode;
    }

    private static string Describe(Exception error) => error switch
    {
        HttpRequestException { InnerException: SocketException socket } => $"{socket.SocketErrorCode}",
        HttpRequestException http => $"{http.HttpRequestError}",
        SocketException socket => $"{socket.SocketErrorCode}",
        OrchestratorException known => known.Code,
        _ => error.GetType().Name,
    };
}
