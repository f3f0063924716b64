using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Processes;

/// <summary>One running process: feeds it, reads it, watches the clocks, and ends it with all it started.</summary>
internal sealed class ProcessSupervision : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly StartedProcess _started;
    private readonly Process _process;
    private readonly ProcessRequest _request;
    private readonly Channel<ProcessOutput> _output;
    private readonly TimeProvider _time;
    private readonly OutputClocks _clocks;
    private readonly TextTail _errorTail;
    private readonly StopRequest _stop = new();
    private readonly CancellationTokenSource _reading = new();
    private readonly long _startedAt;
    private readonly Task _supervision;

    public ProcessSupervision(StartedProcess started, ProcessRequest request, Channel<ProcessOutput> output, TimeProvider time, ISecretRedactor? redactor)
    {
        _started = started;
        _process = started.Process;
        _request = request;
        _output = output;
        _time = time;
        _errorTail = new TextTail(8 * 1024, redactor);
        _startedAt = time.GetTimestamp();
        _clocks = new OutputClocks(request.Limits, time, Stop);
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
                // Nobody listens any more, but the pipes must not block.
            }
        }
        finally
        {
            await _supervision.ConfigureAwait(false);
            _reading.Dispose();
            _process.Dispose();
        }
    }

    private async Task SuperviseAsync()
    {
        var input = WriteInputAsync();
        var readers = Task.WhenAll(
            new LineReader(_process.StandardOutput.BaseStream, _request.MaxLineBytes).ReadAsync(line => PublishAsync(line, isError: false), _reading.Token),
            new LineReader(_process.StandardError.BaseStream, _request.MaxLineBytes).ReadAsync(line => PublishAsync(line, isError: true), _reading.Token));
        var exited = _process.WaitForExitAsync(CancellationToken.None);
        try
        {
            await Task.WhenAny(exited, _stop.Asked).ConfigureAwait(false);
            var end = exited.IsCompleted ? ProcessEnd.Exited : await StopPolitelyAsync(exited).ConfigureAwait(false);
            var survivors = await _started.KillAllAsync(_request.ExecutionId).ConfigureAwait(false);
            await exited.ConfigureAwait(false);
            _clocks.Dispose();
            await DrainAsync(Task.WhenAll(readers, input)).ConfigureAwait(false);
            await _output.Writer.WriteAsync(new ProcessOutput(null, false, Exit(end, survivors))).ConfigureAwait(false);
            _output.Writer.TryComplete();
        }
#pragma warning disable CA1031 // The reader of the channel gets it; nothing may be lost or left running.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _clocks.Dispose();
            try
            {
                await _started.KillAllAsync(_request.ExecutionId).ConfigureAwait(false);
            }
            finally
            {
                await _reading.CancelAsync().ConfigureAwait(false);
                _output.Writer.TryComplete(exception);
            }
        }
    }

    private ProcessExit Exit(ProcessEnd end, int survivors) => new()
    {
        End = end,
        ExitCode = _process.ExitCode,
        Duration = _time.GetElapsedTime(_startedAt),
        ErrorTail = _errorTail.ToString(),
        SurvivorsKilled = survivors,
    };

    private async Task<ProcessEnd> StopPolitelyAsync(Task exited)
    {
        var reason = await _stop.Asked.ConfigureAwait(false);
        if (!_stop.IsAbandoned)
        {
            NativeProcesses.Ask(_process.Id, ProcessStarter.HasOwnSession, _request.StopSignal);
            await _stop.WaitAsync(exited, _request.Limits.Grace, _time).ConfigureAwait(false);
        }

        return reason;
    }

    /// <summary>Reads what is still in the pipes; a process that escaped may hold them open, so not for ever.</summary>
    private async Task DrainAsync(Task pipes)
    {
        // As above: real pipes of a process that is gone, so real time. A consumer that is slow to read is waited for.
        while (await Task.WhenAny(pipes, Task.Delay(DrainTime, TimeProvider.System)).ConfigureAwait(false) != pipes)
        {
            if (!_clocks.IsWaitingForConsumer)
            {
                await _reading.CancelAsync().ConfigureAwait(false);
                return;
            }
        }

        await pipes.ConfigureAwait(false);
    }

    private async ValueTask PublishAsync(string line, bool isError)
    {
        if (isError)
        {
            _errorTail.Add(line);
        }

        using (_clocks.LineCame())
        {
            await _output.Writer.WriteAsync(new ProcessOutput(line, isError, null)).ConfigureAwait(false);
        }
    }

    private async Task WriteInputAsync()
    {
        try
        {
            var stream = _process.StandardInput.BaseStream;
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(_request.StandardInput), _reading.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It ended, or closed its input, before it had read everything: its right.
        }
    }
}
