using System.Globalization;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Providers;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>Executions and what happened in them, for people.</summary>
internal sealed class ExecutionView(IAnsiConsole console)
{
    /// <returns>Whether the line is of that kind.</returns>
    public bool TryWrite(CliLine line)
    {
        switch (line)
        {
            case { Execution: { } execution }:
                WriteExecution(execution);
                return true;
            case { ExecutionEvent: { } happened }:
                console.MarkupLineInterpolated($"[grey]  {happened.Event.At:u}[/] {Terminal.Safe(Words(happened.Event))}");
                return true;
            default:
                return false;
        }
    }

    private void WriteExecution(ExecutionRecord execution)
    {
        var took = execution.FinishedAt is { } end ? string.Create(CultureInfo.InvariantCulture, $"{(end - execution.StartedAt).TotalSeconds:0.0} s") : "not ended";
        var cost = execution.CostUsd is { } usd ? string.Create(CultureInfo.InvariantCulture, $"{usd:0.####} USD") : "cost not known";
        var tokens = string.Create(CultureInfo.InvariantCulture, $"tokens {execution.Usage.InputTokens} in, {execution.Usage.OutputTokens} out");
        console.MarkupLineInterpolated($"{execution.Id}  [bold]{execution.Status.ToName(),-10}[/] {execution.Provider,-16} {Terminal.Safe(execution.Model)}  {execution.StartedAt:u}  {took}  {tokens}  {cost}");
        if (execution.Failure is { } failure)
        {
            console.MarkupLineInterpolated($"[grey]  {failure.Class.ToName()}: {Terminal.Safe(failure.Message)}[/]");
        }
    }

    private static string Words(AgentEvent happened) => happened switch
    {
        AgentStarted started => $"started{(started.Model is { } model ? $" with {model}" : "")}{(started.SessionId is { } session ? $", session {session}" : "")}",
        AgentMessage message => message.Text,
        AgentToolCall call => $"{call.Tool.ToName()}: {call.Target}{call.Succeeded switch { true => " done", false => " failed", null => " …" }}",
        AgentPlanProposed plan => "plan: " + string.Join("; ", plan.Steps),
        AgentApprovalRequested request => "asks: " + request.Question,
        AgentUsageReported usage => string.Create(CultureInfo.InvariantCulture, $"tokens so far: {usage.Usage.InputTokens} in, {usage.Usage.OutputTokens} out"),
        AgentProgress progress => progress.Message,
        AgentCompleted completed => "says that it is done: " + completed.Result.Summary,
        AgentFailed failed => $"failed, {failed.Failure.Class.ToName()}: {failed.Failure.Message}",
        _ => "an event that this version does not know",
    };
}
