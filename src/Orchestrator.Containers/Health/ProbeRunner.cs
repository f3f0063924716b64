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

    public async Task<ProbeFinding> RunAsync(PoolInstance instance, ContainerProbeOptions options, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        using var limit = new CancellationTokenSource(options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var (passed, message) = await AskAsync(instance, options, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
            return new(passed, message, _time.GetElapsedTime(began));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(Passed: false, $"no answer within {options.Timeout}", _time.GetElapsedTime(began));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new(Passed: false, Describe(error), _time.GetElapsedTime(began));
        }
    }

    public void Dispose() => _http.Dispose();

    private ValueTask<(bool Passed, string Message)> AskAsync(PoolInstance instance, ContainerProbeOptions options, CancellationToken cancellationToken)
    {
        if (options.Command.Count > 0)
        {
            return ExecuteAsync(instance, options, cancellationToken);
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

    private async ValueTask<(bool Passed, string Message)> ExecuteAsync(PoolInstance instance, ContainerProbeOptions options, CancellationToken cancellationToken)
    {
        if (instance.EngineId is not { } id)
        {
            return (false, "it is not there");
        }

        var command = new ContainerCommand { Command = new CommandLine { Executable = options.Command[0], Arguments = [.. options.Command.Skip(1)] } };
        var outputs = _engine is IProbeEngine probing ? probing.ProbeAsync(id, command, cancellationToken) : _engine.ExecuteAsync(id, command, cancellationToken);
        int? exitCode = null;
        await foreach (var output in outputs.ConfigureAwait(false))
        {
            exitCode = output.ExitCode ?? exitCode;
        }

        return (exitCode == 0, exitCode is { } code ? $"exit code {code}" : "no exit code");
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
