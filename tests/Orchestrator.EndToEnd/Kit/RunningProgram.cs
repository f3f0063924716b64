using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>A program as a user starts it: its lines as they come, its end, and the right to kill it.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _output = [];
    private readonly Lock _lock = new(); // Guards _output and _errors, which two readers fill.
    private readonly List<string> _errors = [];
    private readonly Task _reading;

    private RunningProgram(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output, _lines.Writer), ReadAsync(process.StandardError, _errors, null));
    }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    public string Output => Snapshot(_output);

    public string Errors => Snapshot(_errors);

    /// <summary>The report of a run that has ended, with <c>--json</c>.</summary>
    public JsonElement Report => JsonDocument.Parse(Output.Split('\n')[^1]).RootElement.GetProperty("report");

    public static RunningProgram Start(string dll, IReadOnlyDictionary<string, string?> environment, IEnumerable<string> arguments, string? directory = null)
    {
        var start = new ProcessStartInfo("dotnet", [dll, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new RunningProgram(process);
    }

    /// <summary>Waits for a line of standard output that fits; false when the program ends before.</summary>
    public async Task<bool> WaitForLineAsync(Func<string, bool> fits, CancellationToken cancellationToken)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(cancellationToken))
        {
            if (fits(line))
            {
                return true;
            }
        }

        return false;
    }

    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _reading.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary><c>kill -9</c> of this process alone: its children stay.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, List<string> lines, ChannelWriter<string>? writer)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                lines.Add(line);
            }

            writer?.TryWrite(line);
        }

        writer?.TryComplete();
    }

    private string Snapshot(List<string> lines)
    {
        lock (_lock)
        {
            return string.Join('\n', lines);
        }
    }
}
