using System.Text.Json;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>What a run of the command with <c>--json</c> gave.</summary>
internal sealed record CliResult(int ExitCode, IReadOnlyList<JsonElement> Lines, string Output, string Errors)
{
    /// <summary>The report of the final result line.</summary>
    public JsonElement Report => Lines[^1].GetProperty("report");

    public string Status => Report.GetProperty("status").GetString()!;

    public JsonElement Audit => Lines[^1].GetProperty("audit");

    /// <summary>The message of the failure in the report, or of the error line.</summary>
    public string FailureMessage => Lines[^1].TryGetProperty("error", out var error) ? error.GetString()! : Report.GetProperty("failure").GetProperty("message").GetString()!;

    public string FailureClass => Report.GetProperty("failure").GetProperty("class").GetString()!;

    public IEnumerable<string> Steps => Lines.Where(line => line.GetProperty("type").GetString() == "event").Select(line => line.GetProperty("event").GetProperty("step").GetString()!);

    /// <summary>Everything, for the message of a failed assertion.</summary>
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Errors}";
}
