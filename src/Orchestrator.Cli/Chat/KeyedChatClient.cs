using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Orchestrator.Providers.Chat.Completions;
using Orchestrator.Secrets;

namespace Orchestrator.Cli.Chat;

/// <summary>
/// A chat client that asks for its key at each request, so that one that was changed counts at once. Its requests are never sent on to another address, which would get the key, and have no
/// clock of their own: the agent's clocks hold.
/// </summary>
internal sealed class KeyedChatClient(Uri address, string? model, string? secretName, SecretResolver secrets) : IChatClient
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var client = await CreateAsync(cancellationToken);
        return await client.GetResponseAsync(messages, options, cancellationToken);
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var client = await CreateAsync(cancellationToken);
        await foreach (var update in client.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        using var client = new ChatCompletionsClient(_http, address, model);
        return serviceType.IsInstanceOfType(this) && serviceKey is null ? this : serviceType == typeof(ChatClientMetadata) ? client.GetService(serviceType, serviceKey) : null;
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<ChatCompletionsClient> CreateAsync(CancellationToken cancellationToken)
    {
        var key = secretName is null ? null : await secrets.FindAsync(secretName, cancellationToken) ?? throw new ChatServiceException(401, $"The secret {secretName} is missing.");
        return new ChatCompletionsClient(_http, address, model, key);
    }
}
