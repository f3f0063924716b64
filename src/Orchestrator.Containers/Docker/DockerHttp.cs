using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Containers.Docker;

/// <summary>Sends calls to an engine, limits their time and turns its errors into exceptions.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DockerHttp : IDisposable
{
    private const long MaxAnswerBytes = 64 * 1024 * 1024;
    private readonly DockerEndpoint _endpoint;
    private readonly DockerConnector _connector;
    private readonly HttpClient _client;
    private readonly DockerEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile string? _version;

    public DockerHttp(DockerEngineOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _endpoint = DockerEndpoint.Find(options);
        _connector = new DockerConnector(_endpoint);
        _client = NewClient(_ => { });
    }

    public TimeProvider Time => _time;

    public DockerEngineOptions Options => _options;

    /// <summary>The engine's machine; <see langword="null"/> when it is this one.</summary>
    public string? RemoteHost => _endpoint.RemoteHost;

    /// <summary>Calls and drops what the engine answers.</summary>
    public async Task SendAsync(DockerCall call, CancellationToken cancellationToken)
    {
        using var answer = await OpenAsync(call, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls and reads the whole answer.</summary>
    public Task<T> SendAsync<T>(DockerCall call, JsonTypeInfo<T> type, CancellationToken cancellationToken) => LimitAsync(call, async token =>
    {
        using var answer = await AnswerAsync(_client, call, token).ConfigureAwait(false);
        await answer.Content.LoadIntoBufferAsync(MaxAnswerBytes, token).ConfigureAwait(false);
        using var stream = await answer.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
        return await JsonSerializer.DeserializeAsync(stream, type, token).ConfigureAwait(false)
            ?? throw new DockerException(DockerException.Protocol, $"The Docker Engine answered {Name(call)} with nothing.");
    }, cancellationToken);

    /// <summary>Calls and returns as soon as the answer begins; reading on is not limited.</summary>
    public Task<HttpResponseMessage> OpenAsync(DockerCall call, CancellationToken cancellationToken) =>
        LimitAsync(call, token => AnswerAsync(_client, call, token), cancellationToken);

    /// <summary>Calls on a connection of its own that stays open in both directions.</summary>
    public Task<DockerDuplex> OpenDuplexAsync(DockerCall call, CancellationToken cancellationToken) => LimitAsync(call, async token =>
    {
        Stream? connection = null;
        var client = NewClient(opened => connection = opened);
        try
        {
            var answer = await AnswerAsync(client, call, token, upgrade: true).ConfigureAwait(false);
            var stream = await answer.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
            return stream.CanWrite
                ? new DockerDuplex(client, answer, stream, connection!)
                : throw new DockerException(DockerException.Protocol, $"The Docker Engine did not open {Name(call)} for input.");
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }, cancellationToken);

    /// <summary>Reads from an answer that <see cref="OpenAsync"/> began.</summary>
    public async ValueTask<int> ReadAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            _version = null; // Another engine may answer next time.
            throw new DockerException(DockerException.Unavailable, "The connection to the Docker Engine broke.", error);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _connector.Dispose();
    }

    private static string Name(DockerCall call) => $"{call.Method} {call.Path.Split('?')[0]}";

    private HttpClient NewClient(Action<Stream> opened)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = _options.ConnectTimeout,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = async (_, token) =>
            {
                var stream = await _connector.ConnectAsync(token).ConfigureAwait(false);
                opened(stream);
                return stream;
            },
        };
        return new HttpClient(handler, disposeHandler: true) { BaseAddress = new Uri("http://docker/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    private async Task<T> LimitAsync<T>(DockerCall call, Func<CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var time = new CancellationTokenSource(_options.CallTimeout + call.ExtraTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            return await run(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DockerException(DockerException.TimedOut, $"The Docker Engine at {_endpoint} did not answer {Name(call)} in time.", error);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new DockerException(DockerException.Protocol, $"The Docker Engine's answer to {Name(call)} is malformed or too large.", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or SocketException or AuthenticationException)
        {
            _version = null; // Another engine may answer next time.
            throw new DockerException(DockerException.Unavailable, $"The Docker Engine at {_endpoint} cannot be reached: {Reason(error)}", error);
        }
        catch (JsonException error)
        {
            throw new DockerException(DockerException.Protocol, $"The Docker Engine's answer to {Name(call)} is no JSON of the expected form.", error);
        }
    }

    private static string Reason(Exception error) => (error.InnerException ?? error).Message;

    private async Task<HttpResponseMessage> AnswerAsync(HttpClient client, DockerCall call, CancellationToken cancellationToken, bool upgrade = false)
    {
        var version = _version ??= await DockerVersion.NegotiateAsync(_client, _endpoint, _logger, cancellationToken).ConfigureAwait(false);
        using var request = new HttpRequestMessage(call.Method, $"/v{version}{call.Path}") { Content = call.Content };
        if (upgrade)
        {
            request.Headers.Connection.Add("Upgrade");
            request.Headers.Upgrade.Add(new("tcp"));
        }

        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode || answer.StatusCode is HttpStatusCode.NotModified or HttpStatusCode.SwitchingProtocols)
        {
            return answer;
        }

        if (answer.StatusCode == HttpStatusCode.BadRequest)
        {
            _version = null; // What an engine says to a version that it does not know: it may be another, older one by now.
        }

        using (answer)
        {
            throw await DockerErrors.ReadAsync(Name(call), call, answer, cancellationToken).ConfigureAwait(false);
        }
    }
}
