using System.Text.Json;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>The events of one attempt that are kept: how it began and how it ended. What lies between the first and the newest ones goes when there are too many, and is counted.</summary>
/// <remarks>Sizes are those of the JSON. Used by one thread at a time.</remarks>
internal sealed class KeptEvents
{
    /// <summary>The most events of an attempt.</summary>
    public const int MaxEvents = 2_000;

    /// <summary>The most bytes of all of them.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The longest text within an event, in characters: a message of megabytes must not push everything else out.</summary>
    public const int MaxTextLength = 4 * 1024;

    private const int MaxFirstEvents = MaxEvents / 4;
    private const int MaxFirstBytes = MaxBytes / 4;
    private const int MaxSteps = 50;
    private const int MaxStepLength = 200;

    private readonly List<AgentEvent> _first = [];
    private readonly Queue<(AgentEvent Event, int Bytes)> _newest = [];
    private int _firstBytes;
    private int _newestBytes;
    private bool _isFull;
    private long _omitted;

    /// <summary>Whether nothing has happened yet.</summary>
    public bool IsEmpty => _first.Count == 0 && _newest.Count == 0;

    /// <summary>Takes the next event, already redacted.</summary>
    public void Add(AgentEvent happened)
    {
        var kept = Shorten(happened);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(kept, OrchestratorJsonContext.Default.AgentEvent).Length + 1;
        if (!_isFull && _first.Count < MaxFirstEvents && _firstBytes + bytes <= MaxFirstBytes)
        {
            _first.Add(kept);
            _firstBytes += bytes;
            return;
        }

        _isFull = true;
        _newest.Enqueue((kept, bytes));
        _newestBytes += bytes;
        while (_newest.Count > MaxEvents - MaxFirstEvents || _newestBytes > MaxBytes - MaxFirstBytes)
        {
            _newestBytes -= _newest.Dequeue().Bytes;
            _omitted++;
        }
    }

    /// <summary>Those that are kept now.</summary>
    public ExecutionEvents ToEvents(ExecutionRecord execution, DateTimeOffset now) => new()
    {
        ExecutionId = execution.Id,
        Events = [.. _first, .. _newest.Select(static kept => kept.Event)],
        Omitted = _omitted,
        At = now,
        WorkerName = execution.WorkerName,
        ContainerName = execution.ContainerName,
    };

    private static AgentEvent Shorten(AgentEvent happened) => happened switch
    {
        AgentStarted started => started with { SessionId = CutOptional(started.SessionId), Model = CutOptional(started.Model) },
        AgentMessage message => message with { Text = Cut(message.Text) },

        // Half a patch is none.
        AgentToolCall call => call with { Target = Cut(call.Target), Patch = call.Patch?.Length > MaxTextLength ? null : call.Patch },
        AgentPlanProposed plan => plan with { Steps = [.. plan.Steps.Take(MaxSteps).Select(static step => Cut(step, MaxStepLength))] },
        AgentApprovalRequested request => request with { Question = Cut(request.Question), RequestId = CutOptional(request.RequestId) },
        AgentProgress progress => progress with { Message = Cut(progress.Message) },
        AgentCompleted completed => completed with { Result = Shorten(completed.Result) },
        AgentFailed failed => failed with { Failure = failed.Failure with { Message = Cut(failed.Failure.Message), Detail = CutOptional(failed.Failure.Detail) } },
        _ => happened,
    };

    // The record of the attempt has the patch.
    private static AgentResult Shorten(AgentResult result) =>
        result with { Patch = null, Summary = Cut(result.Summary), SessionId = CutOptional(result.SessionId), Url = CutOptional(result.Url) };

    private static string? CutOptional(string? text) => text is null ? null : Cut(text);

    private static string Cut(string text, int longest = MaxTextLength) =>
        text.Length <= longest ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1), "…");
}
