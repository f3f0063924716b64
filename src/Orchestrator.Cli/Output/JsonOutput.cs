using System.Text.Json;

namespace Orchestrator.Cli.Output;

/// <summary>One JSON object a line, on standard output; nothing else is ever written there.</summary>
internal sealed class JsonOutput(TextWriter writer) : ICliOutput
{
    private readonly Lock _lock = new(); // Keeps lines whole when the worker and the command write at once.

    public void Write(CliLine line)
    {
        var json = JsonSerializer.Serialize(line, CliJsonContext.Default.CliLine);
        lock (_lock)
        {
            writer.WriteLine(json);
            writer.Flush();
        }
    }

    public void Error(string message, IReadOnlyList<string>? details = null) => Write(new CliLine { Type = "error", Error = message, Details = details is null ? null : [.. details] });
}
