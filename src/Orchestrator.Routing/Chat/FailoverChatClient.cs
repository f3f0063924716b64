using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Orchestrator.Providers;
using Orchestrator.Routing.Attempts;

namespace Orchestrator.Routing.Chat;

/// <summary>Answers by the first provider that does.</summary>
internal sealed class FailoverChatClient(ChatRouting routing, ChatRoutingOptions settings, TimeProvider time) : IChatClient
{
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var all = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        Exception? last = null;
        var outcome = await routing.Attempts.RunAsync<ChatResponse>(Request(all, options), AnswerAsync, cancellationToken).ConfigureAwait(false);
        return outcome.Value ?? throw Failed(outcome.Failure!, outcome, "", last);

        async ValueTask<AttemptResult<ChatResponse>> AnswerAsync(AttemptContext context, CancellationToken token)
        {
            using var limit = new ChatTimeLimit(settings.FirstContentTimeout, time, token);
            try
            {
                var response = await AskAsync(routing.Client(context), all, ChatTasks.Options(options, context.Model), limit.Token).ConfigureAwait(false);
                return new AttemptResult<ChatResponse>
                {
                    Value = response,
                    CostUsd = ChatRouting.CostOf(context, response.Usage),
                    Tokens = ChatRouting.TokensOf(response.Usage),
                    Usage = ChatRouting.UsageOf(response.Usage),
                };
            }
            catch (Exception error) when (!token.IsCancellationRequested)
            {
                last = error;
                return Failed<ChatResponse>(limit.Failure(error) ?? Classify(error));
            }
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var all = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        Exception? last = null;
        var outcome = await routing.Attempts.RunAsync<ChatStream>(Request(all, options), BeginAsync, cancellationToken).ConfigureAwait(false);
        if (outcome is not { Value: { } stream, Open: { } open })
        {
            throw Failed(outcome.Failure!, outcome, "", last);
        }

        await using var rest = stream.ConfigureAwait(false);
        await using var settlement = open.ConfigureAwait(false);
        var seen = new StringBuilder();
        UsageDetails? usage = null;
        await foreach (var update in ContinueAsync(stream, outcome, open, seen, cancellationToken).ConfigureAwait(false))
        {
            seen.Append(update.Text);
            usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
            yield return update;
        }

        var end = new AttemptEnd(null, ChatRouting.CostOf(open.Context, usage), ChatRouting.TokensOf(usage)) { Usage = ChatRouting.UsageOf(usage) };
        await open.EndAsync(end).ConfigureAwait(false);

        async ValueTask<AttemptResult<ChatStream>> BeginAsync(AttemptContext context, CancellationToken token)
        {
            using var limit = new ChatTimeLimit(settings.FirstContentTimeout, time, token);
            ChatFrames? frames = null;
            try
            {
                // The stream lives on after the attempt has begun well, so it is opened under the caller's token; the limit and a lost race end the wait for it.
                frames = ChatFrames.Open(
                    stop => routing.Client(context).GetStreamingResponseAsync(all, ChatTasks.Options(options, context.Model), stop), cancellationToken);
                return new AttemptResult<ChatStream> { Value = await HeadAsync(frames, limit.Token).ConfigureAwait(false), IsOpen = true };
            }
            catch (Exception error)
            {
                if (frames is not null)
                {
                    await frames.DisposeAsync().ConfigureAwait(false);
                }

                if (token.IsCancellationRequested)
                {
                    throw;
                }

                last = error;
                return Failed<ChatStream>(limit.Failure(error) ?? Classify(error));
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The clients are the caller's.
    }

    private static async ValueTask<ChatStream> HeadAsync(ChatFrames frames, CancellationToken cancellationToken)
    {
        var held = new List<ChatResponseUpdate>();
        while (await frames.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            held.Add(frames.Current);
            if (ChatStream.HasContent(frames.Current))
            {
                return new ChatStream(held, frames, HasEnded: false);
            }
        }

        // An answer without content is an answer: a model may have nothing to say.
        return new ChatStream(held, frames, HasEnded: true);
    }

    /// <summary>The answer, or the end of the wait for a client that ignores its token.</summary>
    private static async Task<ChatResponse> AskAsync(IChatClient client, IReadOnlyList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        var answer = client.GetResponseAsync(messages, options, cancellationToken);
        try
        {
            return await answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Abandoned.Watch(answer);
        }
    }

    /// <summary>A refused request costs nothing. Nobody knows what a service has worked that did not answer in time, or whose answer broke off: then what was expected is charged.</summary>
    private static AttemptResult<TResult> Failed<TResult>(AgentFailure failure)
    {
        var mayHaveWorked = failure.Class is FailureClass.Timeout or FailureClass.StartupTimeout or FailureClass.IdleTimeout or FailureClass.Protocol;
        return new AttemptResult<TResult> { Failure = failure, CostUsd = mayHaveWorked ? null : 0, Tokens = mayHaveWorked ? null : 0 };
    }

    private ChatRoutingException Failed<TResult>(AgentFailure failure, AttemptOutcome<TResult> outcome, string seen, Exception? inner)
    {
        var wait = outcome.EligibleAt - time.GetUtcNow() ?? failure.RetryAfter;
        return new ChatRoutingException(failure, outcome.Attempts, outcome.EligibleAt, seen, inner) { RetryAfter = wait < TimeSpan.Zero ? TimeSpan.Zero : wait };
    }

    private async IAsyncEnumerable<ChatResponseUpdate> ContinueAsync(
        ChatStream stream, AttemptOutcome<ChatStream> outcome, OpenAttempt open, StringBuilder seen, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var held in stream.Held)
        {
            yield return held;
        }

        while (!stream.HasEnded)
        {
            using var limit = new ChatTimeLimit(settings.IdleTimeout, time, cancellationToken);
            bool any;
            try
            {
                any = await ((ChatFrames)stream.Rest).MoveNextAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // The caller has seen some of it: nobody else takes over, and the partial answer is told.
                var failure = limit.Failure(error) is { } silent ? silent with { Class = FailureClass.IdleTimeout } : Classify(error);
                await open.EndAsync(new AttemptEnd(failure, null, null)).ConfigureAwait(false);
                throw Failed(failure, outcome, seen.ToString(), error);
            }

            if (!any)
            {
                yield break;
            }

            yield return stream.Rest.Current;
        }
    }

    private AttemptRequest Request(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var task = ChatTasks.Create(messages, options, time.GetUtcNow(), out var tokens);
        return new AttemptRequest { Task = task, Constraints = new RoutingConstraints { EstimatedTokens = tokens }, ReservationDuration = TimeSpan.FromMinutes(10) };
    }

    private AgentFailure Classify(Exception error) => settings.Classify?.Invoke(error) ?? ChatFailures.Classify(error);
}
