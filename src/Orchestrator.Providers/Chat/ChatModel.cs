using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Chat;

/// <summary>Asks the chat client, within our clock for one request; repeats what failed for a passing reason.</summary>
internal sealed class ChatModel(IChatClient client, ChatAgentOptions options, TimeSpan requestLimit, TimeProvider time, ISecretRedactor redactor, ILogger logger)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Asks once, and again where that may help.</summary>
    public async ValueTask<ChatAnswer> AskAsync(IReadOnlyList<ChatMessage> messages, ChatOptions request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await AskOnceAsync(messages, request, cancellationToken).ConfigureAwait(false);
            if (answer.Failure is not { } failure || attempt > options.RequestRetries || !IsPassing(failure))
            {
                return answer;
            }

            var wait = failure.RetryAfter ?? TimeSpan.FromSeconds(1 << Math.Min(attempt, 5));
            logger.ChatRequestRepeated(failure.Class, attempt, wait);
            await Task.Delay(wait < LongestWait ? wait : LongestWait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsPassing(AgentFailure failure) =>
        failure.Class is FailureClass.RateLimited or FailureClass.ProviderError or FailureClass.Unavailable or FailureClass.Protocol && !(failure.RetryAfter > LongestWait);

    private async ValueTask<ChatAnswer> AskOnceAsync(IReadOnlyList<ChatMessage> messages, ChatOptions request, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(requestLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            // The client gets copies: what it, or a wrapper around it, does to them is not carried on. It is not waited for when it does not heed its token.
            var asked = client.GetResponseAsync([.. messages], request.Clone(), either.Token);
            _ = asked.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            var response = await asked.WaitAsync(either.Token).ConfigureAwait(false);
            return new ChatAnswer(response, null);
        }
#pragma warning disable CA1031 // The client is the host's: whatever it throws is an outcome of the model, told by class.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            cancellationToken.ThrowIfCancellationRequested();
            var failure = clock.IsCancellationRequested
                ? new AgentFailure { Class = FailureClass.IdleTimeout, Message = $"The model did not answer a request within {requestLimit}." }
                : Explain(exception);
            if (logger.IsEnabled(LogLevel.Debug))
            {
                logger.ChatRequestFailed(failure.Class, exception.GetType().Name);
            }

            return new ChatAnswer(null, failure with { Message = redactor.Redact(failure.Message) });
        }
    }

    private AgentFailure Explain(Exception exception)
    {
        try
        {
            return options.ExplainFailure?.Invoke(exception) ?? ChatFailures.Of(exception, redactor);
        }
#pragma warning disable CA1031 // The host's own code: what it throws must not hide what the model's client said.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return ChatFailures.Of(exception, redactor) with { Detail = $"{nameof(ChatAgentOptions.ExplainFailure)} threw {fault.GetType().Name} and was passed over." };
        }
    }
}
