using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Chat.Completions;

/// <summary>
/// A chat client for services that speak OpenAI's Chat Completions: OpenAI itself and most servers of local models. Text, tool calls and their results, forms of answer, usage; no
/// images, no audio.
/// </summary>
/// <remarks>
/// Thread-safe. It sends one request a call, repeats nothing and owns nothing: the <see cref="HttpClient"/> stays the caller's. The answer comes whole;
/// <see cref="GetStreamingResponseAsync"/> gives the same answer in one piece.
/// </remarks>
public sealed class ChatCompletionsClient : IChatClient
{
    private const int MaxResponseBytes = 16 * 1024 * 1024;
    private const int LongestMessage = 1000;

    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly string? _model;
    private readonly SecretValue? _apiKey;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Creates the client.</summary>
    /// <param name="http">What sends the requests. Its time limit and its redirects are the caller's to set.</param>
    /// <param name="baseAddress">The service, such as <c>https://api.openai.com/v1</c> or <c>http://localhost:11434/v1</c>: an absolute http or https address; <c>/chat/completions</c> is added.</param>
    /// <param name="model">The model of requests that name none.</param>
    /// <param name="apiKey">The key, sent as a bearer token; <see langword="null"/> for a service that needs none.</param>
    /// <exception cref="ArgumentException">The address is not an absolute http or https address, or holds user information.</exception>
    public ChatCompletionsClient(HttpClient http, Uri baseAddress, string? model = null, SecretValue? apiKey = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(baseAddress);
        if (!baseAddress.IsAbsoluteUri || (baseAddress.Scheme != Uri.UriSchemeHttp && baseAddress.Scheme != Uri.UriSchemeHttps) || baseAddress.UserInfo.Length > 0)
        {
            throw new ArgumentException("The address must be an absolute http or https address without user information.", nameof(baseAddress));
        }

        _http = http;
        _address = new UriBuilder(baseAddress) { Path = baseAddress.AbsolutePath.TrimEnd('/') + "/chat/completions" }.Uri;
        _model = model;
        _apiKey = apiKey;
        _metadata = new ChatClientMetadata("openai", baseAddress, model);
    }

    /// <inheritdoc/>
    /// <exception cref="ChatServiceException">The service refused the request, or its answer makes no sense.</exception>
    /// <exception cref="HttpRequestException">The service was not reached, or the connection broke.</exception>
    /// <exception cref="NotSupportedException">A message holds something that cannot be sent: an image, for example.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        using var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new StringContent(CompletionsRequest.Write(messages, options, _model), Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_apiKey is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var body = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw Refused(response, body);
        }

        try
        {
            return CompletionsReply.Read(body);
        }
        catch (JsonException exception)
        {
            throw new ChatServiceException(null, $"The answer of {_address.Host} is not a chat completion.", innerException: exception);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var response = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (var update in response.ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: what sends the requests is the caller's.</summary>
    public void Dispose()
    {
    }

    private static async ValueTask<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = stream.ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > MaxResponseBytes)
            {
                throw new ChatServiceException(null, $"The answer is longer than {MaxResponseBytes} bytes.");
            }
        }

        return body.ToArray();
    }

    private ChatServiceException Refused(HttpResponseMessage response, byte[] body)
    {
        var words = CompletionsReply.ReadError(body) ?? response.ReasonPhrase ?? "no reason was given";
        var retry = response.Headers.RetryAfter?.Delta is { } delta && delta >= TimeSpan.Zero ? delta : (TimeSpan?)null;
        return new ChatServiceException(
            (int)response.StatusCode, $"{_address.Host} answered with status {(int)response.StatusCode}: {(words.Length > LongestMessage ? words[..LongestMessage] : words)}", retry);
    }
}
