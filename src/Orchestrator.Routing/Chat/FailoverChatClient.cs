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
                var response = await routing.Client(context).GetResponseAsync(all, ChatTasks.Options(options, context.Model), limit.Token)
                    .WaitAsync(limit.Token).ConfigureAwait(false);
                return new AttemptResult<ChatResponse> { Value = response, CostUsd = ChatRouting.CostOf(context, response.Usage), Tokens = ChatRouting.TokensOf(response.Usage) };
            }
            catch (Exception error) when (!token.IsCancellationRequested)
            {
                last = error;
                return new AttemptResult<ChatResponse> { Failure = limit.Failure(error) ?? Classify(error), CostUsd = 0, Tokens = 0 };
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

        await open.EndAsync(new AttemptEnd(null, ChatRouting.CostOf(open.Context, usage), ChatRouting.TokensOf(usage))).ConfigureAwait(false);

        async ValueTask<AttemptResult<ChatStream>> BeginAsync(AttemptContext context, CancellationToken token)
        {
            // The stream lives on after the attempt has begun well, so it is opened under the caller's token; the limit and a lost race end the wait for it.
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var frames = routing.Client(context).GetStreamingResponseAsync(all, ChatTasks.Options(options, context.Model), stop.Token).GetAsyncEnumerator(stop.Token);
            var owned = new ChatFrames(frames, stop);
            using var limit = new ChatTimeLimit(settings.FirstContentTimeout, time, token);
            try
            {
                return new AttemptResult<ChatStream> { Value = await HeadAsync(owned, limit.Token).ConfigureAwait(false), IsOpen = true };
            }
            catch (Exception error)
            {
                await owned.DisposeAsync().ConfigureAwait(false);
                if (token.IsCancellationRequested)
                {
                    throw;
                }

                last = error;
                return new AttemptResult<ChatStream> { Failure = limit.Failure(error) ?? Classify(error), CostUsd = 0, Tokens = 0 };
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

    private static ChatRoutingException Failed<TResult>(AgentFailure failure, AttemptOutcome<TResult> outcome, string seen, Exception? inner) =>
        new(failure, outcome.Attempts, outcome.EligibleAt, seen, inner);

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
