using System.Threading.Channels;
using Orchestrator.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Containers;

/// <summary>One program that runs in a container: reads it, watches the clocks, renews the lease by what it prints, and ends it.</summary>
internal sealed class ContainerSupervision : IAsyncDisposable
{
    private const int KilledCode = 137;
    private const int NotExecutable = 126;
    private const int NotFound = 127;
    private const string EngineRefusal = "OCI runtime exec failed";
    private static readonly TimeSpan RenewalPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HoldPause = TimeSpan.FromSeconds(30);

    private readonly ContainerServices _services;
    private readonly ContainerLease _lease;
    private readonly ProcessRequest _request;
    private readonly Channel<ProcessOutput> _output;
    private readonly OutputClocks _clocks;
    private readonly TextTail _errorTail;
    private readonly StopRequest _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly long _startedAt;
    private readonly Task _supervision;
    private long _renewedAt;
    private int _lines;
    private string? _refusal;

    public ContainerSupervision(ContainerServices services, ContainerLease lease, ProcessRequest request, Channel<ProcessOutput> output)
    {
        (_services, _lease, _request, _output) = (services, lease, request, output);
        _errorTail = new TextTail(8 * 1024, services.Redactor);
        _startedAt = _renewedAt = services.Time.GetTimestamp();
        _clocks = new OutputClocks(request.Limits, services.Time, Stop);
        _supervision = SuperviseAsync();
    }

    /// <summary>Asks for the end; only the first reason counts.</summary>
    public void Stop(ProcessEnd reason) => _stop.Ask(reason);

    /// <summary>Kills what still runs, at once, and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Abandon();
        try
        {
            await foreach (var _ in _output.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                // Nobody listens any more, but the program must not block.
            }
        }
        finally
        {
            await _supervision.ConfigureAwait(false);
            _kill.Dispose();
        }
    }

    private async Task SuperviseAsync()
    {
        await Task.Yield();
        using var ended = new CancellationTokenSource();
        var holding = _request.Limits.Idle < _request.Limits.Total ? Task.CompletedTask : HoldAsync(ended.Token);
        try
        {
            var reading = ReadAsync();
            await Task.WhenAny(reading, _stop.Asked).ConfigureAwait(false);
            var end = reading.IsCompleted ? ProcessEnd.Exited : await StopPolitelyAsync(reading).ConfigureAwait(false);
            var code = await reading.ConfigureAwait(false);
            _clocks.Dispose();
            if (end == ProcessEnd.Exited)
            {
                end = code is null || (code != 0 && !await IsRunningAsync(code.Value).ConfigureAwait(false)) ? ProcessEnd.Lost : end;
                ThrowIfNotStarted(end, code);
            }

            await _output.Writer.WriteAsync(new ProcessOutput(null, false, Exit(end, code ?? KilledCode))).ConfigureAwait(false);
            _output.Writer.TryComplete();
        }
#pragma warning disable CA1031 // The reader of the channel gets it; nothing may be lost or left running.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _clocks.Dispose();
            await _kill.CancelAsync().ConfigureAwait(false);
            _output.Writer.TryComplete(exception);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await holding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Keeps the lease of a program that may be silent for as long as it may run: its output alone would not.</summary>
    private async Task HoldAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(HoldPause, _services.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            await RenewAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>The exit code; <see langword="null"/> when the program was killed by us or the container was lost.</returns>
    private async Task<int?> ReadAsync()
    {
        try
        {
            await foreach (var output in _services.Engine.ExecuteAsync(_lease.EngineId, Command(), _kill.Token).ConfigureAwait(false))
            {
                if (output.ExitCode is { } code)
                {
                    return code;
                }

                await PublishAsync(output).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_kill.IsCancellationRequested)
        {
            // Killed.
        }
        catch (OrchestratorException exception)
        {
            _errorTail.Add(exception.Message);
        }

        return null;
    }

    private ContainerCommand Command()
    {
        var secrets = _request.Environment.Where(IsSecret).ToDictionary(one => one.Key, one => new SecretValue(one.Value), StringComparer.Ordinal);
        return new ContainerCommand
        {
            Command = _request.Command,
            WorkingDirectory = _request.WorkingDirectory,
            Environment = new ValueMap(_request.Environment.Where(one => !secrets.ContainsKey(one.Key)).Append(new(ProcessEnvironment.ExecutionMarker, _request.ExecutionId))),
            Secrets = secrets,
            Input = _request.StandardInput,
        };
    }

    private bool IsSecret(KeyValuePair<string, string> variable) => _services.Redactor.Redact(variable.Value) != variable.Value;

    private async ValueTask PublishAsync(ContainerOutput output)
    {
        var line = output.Text.Length > _request.MaxLineBytes ? output.Text[.._request.MaxLineBytes] + "…" : output.Text;
        _refusal ??= _lines == 0 && line.StartsWith(EngineRefusal, StringComparison.Ordinal) ? line : null;
        _lines++;
        if (output.IsError)
        {
            _errorTail.Add(line);
        }

        await RenewAsync().ConfigureAwait(false);
        using (_clocks.LineCame())
        {
            await _output.Writer.WriteAsync(new ProcessOutput(line, output.IsError, null)).ConfigureAwait(false);
        }
    }

    private async ValueTask RenewAsync()
    {
        if (_services.Time.GetElapsedTime(_renewedAt) >= RenewalPause)
        {
            _renewedAt = _services.Time.GetTimestamp();
            if (!await _lease.RenewAsync(CancellationToken.None).ConfigureAwait(false))
            {
                Stop(ProcessEnd.Lost);
            }
        }
    }

    private async Task<ProcessEnd> StopPolitelyAsync(Task reading)
    {
        var reason = await _stop.Asked.ConfigureAwait(false);
        if (!_stop.IsAbandoned && reason != ProcessEnd.Lost)
        {
            await ContainerSignals.AskAsync(_services, _lease.EngineId, _request.ExecutionId, _request.StopSignal).ConfigureAwait(false);
            await _stop.WaitAsync(reading, _request.Limits.Grace, _services.Time).ConfigureAwait(false);
        }

        await _kill.CancelAsync().ConfigureAwait(false);
        return reason;
    }

    /// <summary>Whether the container outlived its program, which may have been killed with it.</summary>
    private async Task<bool> IsRunningAsync(int code)
    {
        try
        {
            return await _services.Engine.InspectAsync(_lease.EngineId, CancellationToken.None).ConfigureAwait(false) is { State: ContainerState.Running }
                && (code != KilledCode || await ContainerSignals.AnswersAsync(_services, _lease.EngineId).ConfigureAwait(false));
        }
        catch (OrchestratorException)
        {
            return false;
        }
    }

    /// <summary>An engine says like a shell, by its exit code, that there is no such program; an agent that ran says more.</summary>
    private void ThrowIfNotStarted(ProcessEnd end, int? code)
    {
        if (end == ProcessEnd.Exited && code is NotExecutable or NotFound && (_lines == 0 || _refusal is not null))
        {
            throw new ProcessStartException(_request.Command.Executable, $"there is no such program in the container's image, or it may not be executed there. {_refusal}");
        }
    }

    private ProcessExit Exit(ProcessEnd end, int code) => new()
    {
        End = end,
        ExitCode = code,
        Duration = _services.Time.GetElapsedTime(_startedAt),
        ErrorTail = _errorTail.ToString(),
    };
}
