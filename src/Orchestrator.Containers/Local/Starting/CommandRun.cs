using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Orchestrator.Containers.Local.Processes;
using Orchestrator.Containers.Output;

namespace Orchestrator.Containers.Local.Starting;

/// <summary>One command in an instance: feeds it, reads it, and kills it with all it started when its reader leaves.</summary>
internal sealed class CommandRun
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly ProcessRun _run;
    private readonly ProcessEnding _ending;
    private readonly string? _input;
    private readonly Channel<ContainerOutput> _output = Channel.CreateBounded<ContainerOutput>(new BoundedChannelOptions(64) { SingleReader = true });
    private int _writing;

    private CommandRun(Process process, ProcessRun run, ProcessEnding ending, string? input) => (_process, _run, _ending, _input) = (process, run, ending, input);

    /// <summary>Starts a command.</summary>
    /// <param name="start">What to start, with its session.</param>
    /// <param name="mark">The variable that marks its processes.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="table">The processes.</param>
    public static CommandRun Start(ProcessStartInfo start, string mark, string? input, IProcessTable table)
    {
        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Exception error) when (error is Win32Exception or IOException or InvalidOperationException)
        {
            process.Dispose();
            throw new ProcessEngineException(ProcessEngineException.StartFailed, $"The command cannot be started: {error.Message}", error);
        }

        return new CommandRun(process, new ProcessRun(process.Id, table.StartTimeOf(process.Id), table.Boot, mark), new ProcessEnding(table), input);
    }

    /// <summary>What it prints, then its exit code.</summary>
    public async IAsyncEnumerable<ContainerOutput> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reading = new CancellationTokenSource();
        var work = WorkAsync(reading.Token);
        var isOver = false;
        try
        {
            await foreach (var line in _output.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                isOver = line.ExitCode is not null;
                yield return line;
            }
        }
        finally
        {
            if (!isOver)
            {
                await reading.CancelAsync().ConfigureAwait(false);
                await KillAsync().ConfigureAwait(false);
            }

            await work.ConfigureAwait(false);
            _process.Dispose();
        }
    }

    /// <summary>Kills it with all it started; its reader is told how it ended.</summary>
    public ValueTask KillAsync() => _ending.KillAsync(_run, wasSeen: true, CancellationToken.None);

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        using var pipes = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var streams = Task.WhenAll(
            WriteInputAsync(pipes.Token),
            PumpAsync(_process.StandardOutput.BaseStream, isError: false, pipes.Token),
            PumpAsync(_process.StandardError.BaseStream, isError: true, pipes.Token));
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);

            // What it left running in the instance may hold the pipes open: real ones, so real time. A reader that is slow is waited for.
            while (await Task.WhenAny(streams, Task.Delay(DrainTime, TimeProvider.System, CancellationToken.None)).ConfigureAwait(false) != streams)
            {
                if (Volatile.Read(ref _writing) == 0)
                {
                    await pipes.CancelAsync().ConfigureAwait(false);
                    break;
                }
            }

            await streams.ConfigureAwait(false);
            await _output.Writer.WriteAsync(new ContainerOutput("", ExitCode: _process.ExitCode), cancellationToken).ConfigureAwait(false);
            _output.Writer.TryComplete();
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            _output.Writer.TryComplete(error);
        }
    }

    private async Task PumpAsync(Stream stream, bool isError, CancellationToken cancellationToken)
    {
        await using var source = stream.ConfigureAwait(false);
        var cutter = new LineCutter();
        var buffer = new byte[32 * 1024];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                foreach (var (text, _) in cutter.Add(buffer.AsSpan(0, count)))
                {
                    await PublishAsync(text, isError, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The pipe broke, or nobody reads any more: the same as its end.
        }

        if (cutter.Finish() is { } last && !cancellationToken.IsCancellationRequested)
        {
            await PublishAsync(last, isError, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask PublishAsync(string text, bool isError, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _writing);
        try
        {
            await _output.Writer.WriteAsync(new ContainerOutput(text, isError), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    private async Task WriteInputAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stream = _process.StandardInput.BaseStream;
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(_input ?? ""), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It ended, or closed its input, before it had read everything: its right.
        }
    }
}
