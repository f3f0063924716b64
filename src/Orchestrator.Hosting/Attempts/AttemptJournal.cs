using Microsoft.Extensions.Logging;
using Orchestrator.Executions;
using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>What an attempt has told so far: however it ends, its record says what it cost, with which model and session it worked and what it said last, and its events are kept.</summary>
/// <remarks>
/// The provider never waits for it. Everything is written once, at the end; before that, each event is also written within <see cref="SaveInterval"/> of its coming, beside
/// the provider, so that of a worker that dies only the last seconds are lost, whether the provider says more or not. Events come from one thread at a time.
/// </remarks>
internal sealed class AttemptJournal(ExecutionRecord begun, ProviderDescriptor provider, IExecutionLog executions, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>How long after an event it is written down, with all that came until then.</summary>
    public static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new(); // Guards _events, _isUnsaved and _isSaving, and that Record and _events tell the same.
    private readonly KeptEvents _events = new();
    private readonly CancellationTokenSource _ended = new();
    private Task _saving = Task.CompletedTask;
    private bool _isUnsaved;
    private bool _isSaving;

    /// <summary>The record as it stands, with what was told last.</summary>
    public ExecutionRecord Record { get; private set; } = begun;

    /// <summary>Takes the next event, already redacted.</summary>
    public void Add(AgentEvent happened)
    {
        lock (_gate)
        {
            _events.Add(happened);
            Record = With(Record, happened);
            _isUnsaved = true;
            if (_isSaving)
            {
                return;
            }

            _isSaving = true;
        }

        _saving = SaveNowAndThenAsync();
    }

    /// <summary>Writes down how the attempt ended. Not to be cancelled: it would seem to run for ever.</summary>
    public async ValueTask CloseAsync(ExecutionRecord ended)
    {
        await StopSavingAsync().ConfigureAwait(false);
        await executions.SaveAsync(ended, CancellationToken.None).ConfigureAwait(false);
        if (!_events.IsEmpty)
        {
            await SaveAsync(null, _events.ToEvents(ended, time.GetUtcNow())).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopSavingAsync().ConfigureAwait(false);
        _ended.Dispose();
    }

    private ExecutionRecord With(ExecutionRecord record, AgentEvent happened) => happened switch
    {
        AgentStarted started => record with { SessionId = started.SessionId ?? record.SessionId, Model = started.Model ?? record.Model },
        AgentMessage message when !string.IsNullOrWhiteSpace(message.Text) => record with { Output = message.Text },
        AgentUsageReported reported => WithUsage(record, reported.Usage, reported.CostUsd),
        AgentCompleted { Result: var result } => WithLastUsage(record, result.Usage, result.CostUsd) with
        {
            Output = result.Summary.Length > 0 ? result.Summary : record.Output,
            SessionId = result.SessionId ?? record.SessionId,
        },
        AgentFailed { Failure: var failure } => WithLastUsage(record, failure.Usage, failure.CostUsd),
        _ => record,
    };

    private ExecutionRecord WithUsage(ExecutionRecord record, TokenUsage usage, decimal? costUsd) =>
        record with { Usage = usage, CostUsd = costUsd ?? PriceOf(record.Model, usage) ?? record.CostUsd };

    /// <summary>A last word without tokens leaves those that were told before.</summary>
    private ExecutionRecord WithLastUsage(ExecutionRecord record, TokenUsage usage, decimal? costUsd) =>
        usage != new TokenUsage() ? WithUsage(record, usage, costUsd) : record with { CostUsd = costUsd ?? record.CostUsd };

    private async ValueTask StopSavingAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _saving.ConfigureAwait(false);
    }

    /// <summary>Runs from the first event that is not written until nothing is left to write, or the attempt ends.</summary>
    private async Task SaveNowAndThenAsync()
    {
        while (true)
        {
            await Task.Delay(SaveInterval, time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ExecutionRecord record;
            ExecutionEvents events;
            lock (_gate)
            {
                if (_ended.IsCancellationRequested || !_isUnsaved)
                {
                    _isSaving = false;
                    return;
                }

                _isUnsaved = false;
                (record, events) = (Record, _events.ToEvents(Record, time.GetUtcNow()));
            }

            await SaveAsync(record, events).ConfigureAwait(false);
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

    private decimal? PriceOf(string? used, TokenUsage usage) =>
        provider.Models.FirstOrDefault(model => model.Name.Equals(used, StringComparison.OrdinalIgnoreCase)) is { } known ? known.Prices.CostOf(usage) + provider.PricePerTaskUsd : null;
}
