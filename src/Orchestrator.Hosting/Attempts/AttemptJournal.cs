using Microsoft.Extensions.Logging;
using Orchestrator.Executions;
using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>What an attempt has told so far: however it ends, its record says what it cost, with which model and session it worked and what it said last, and its events are kept.</summary>
/// <remarks>
/// The provider never waits for it. Everything is written once, at the end; of an attempt that takes long, also now and then beside it, so that of a worker that dies only
/// the last seconds are lost. Used by one thread at a time.
/// </remarks>
internal sealed class AttemptJournal(ExecutionRecord begun, ProviderDescriptor provider, IExecutionLog executions, TimeProvider time, ILogger logger)
{
    /// <summary>How long an attempt may go on telling before it is written down once more.</summary>
    public static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(15);

    private readonly KeptEvents _events = new();
    private long _savedAt = time.GetTimestamp();
    private Task _saving = Task.CompletedTask;

    /// <summary>The record as it stands, with what was told last.</summary>
    public ExecutionRecord Record { get; private set; } = begun;

    /// <summary>Takes the next event, already redacted.</summary>
    public void Add(AgentEvent happened)
    {
        _events.Add(happened);
        Record = happened switch
        {
            AgentStarted started => Record with { SessionId = started.SessionId ?? Record.SessionId, Model = started.Model ?? Record.Model },
            AgentMessage message when !string.IsNullOrWhiteSpace(message.Text) => Record with { Output = message.Text },
            AgentUsageReported reported => Record with { Usage = reported.Usage, CostUsd = reported.CostUsd ?? PriceOf(reported.Usage) ?? Record.CostUsd },
            _ => Record,
        };
        if (_saving.IsCompleted && time.GetElapsedTime(_savedAt) >= SaveInterval)
        {
            _savedAt = time.GetTimestamp();
            var (record, events) = (Record, _events.ToEvents(Record, time.GetUtcNow()));
            _saving = Task.Run(() => SaveAsync(record, events));
        }
    }

    /// <summary>Writes down how the attempt ended. Not to be cancelled: it would seem to run for ever.</summary>
    public async ValueTask CloseAsync(ExecutionRecord ended)
    {
        await _saving.ConfigureAwait(false);
        await executions.SaveAsync(ended, CancellationToken.None).ConfigureAwait(false);
        if (!_events.IsEmpty)
        {
            await SaveAsync(null, _events.ToEvents(ended, time.GetUtcNow())).ConfigureAwait(false);
        }
    }

    private async Task SaveAsync(ExecutionRecord? record, ExecutionEvents events)
    {
        try
        {
            if (record is not null)
            {
                await executions.SaveAsync(record, CancellationToken.None).ConfigureAwait(false);
            }

            await executions.SaveEventsAsync(events, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Only what people read later is lost: the work goes on.
            logger.EventsNotKept(error, events.ExecutionId);
        }
    }

    private decimal? PriceOf(TokenUsage usage) =>
        provider.Models.FirstOrDefault(model => model.Name.Equals(Record.Model, StringComparison.OrdinalIgnoreCase)) is { } known ? known.Prices.CostOf(usage) + provider.PricePerTaskUsd : null;
}
