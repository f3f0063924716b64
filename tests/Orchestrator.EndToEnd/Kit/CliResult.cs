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

    public string TaskId => Report.GetProperty("task_id").GetString()!;

    /// <summary>The paths that the report says were changed, in their order.</summary>
    public IEnumerable<string> ChangedFiles => Report.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!);

    /// <summary>The details of the error line.</summary>
    public IEnumerable<string> Details => Lines[^1].GetProperty("details").EnumerateArray().Select(detail => detail.GetString()!);

    /// <summary>The lines of one type.</summary>
    public IEnumerable<JsonElement> Of(string type) => Lines.Where(line => line.GetProperty("type").GetString() == type);

    public IEnumerable<string> Steps => Lines.Where(line => line.GetProperty("type").GetString() == "event").Select(line => line.GetProperty("event").GetProperty("step").GetString()!);

    /// <summary>Everything, for the message of a failed assertion.</summary>
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Errors}";
}
