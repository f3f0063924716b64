using Orchestrator.Hosting;
using Orchestrator.Json;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>Words for people. Every text from outside is escaped, so that an agent cannot write markup or control the terminal.</summary>
internal sealed class ConsoleOutput(IAnsiConsole console, IAnsiConsole errors) : ICliOutput
{
    public void Write(CliLine line)
    {
        switch (line)
        {
            case { Event: { } agentTaskEvent }:
                WriteEvent(agentTaskEvent);
                break;
            case { Report: { } report }:
                new ReportView(console).Write(report, line.Audit);
                break;
            case { Task: { } task }:
                console.MarkupLineInterpolated($"{task.Id}  [bold]{task.State.ToName(),-10}[/] {task.Type,-12} {task.CreatedAt:u}  {Terminal.Safe(task.Failure?.Message)}");
                break;
            case { Entry: { } entry }:
                console.MarkupLineInterpolated($"{entry.Sequence,6}  {entry.At:u}  [bold]{entry.Operation.Name,-22}[/] {entry.Operation.Outcome.ToName(),-9} {entry.Operation.TaskId}  {Terminal.Safe(entry.Operation.Message)}");
                break;
            case { Check: { } check }:
                WriteCheck(check);
                break;
            case var _ when new QueueView(console).TryWrite(line) || new RoutingView(console).TryWrite(line) || new ExecutionView(console).TryWrite(line)
                || new PoolView(console).TryWrite(line):
                break;
            default:
                foreach (var text in Terminal.SafeLines(line.Message))
                {
                    console.WriteLine(text);
                }

                break;
        }
    }

    public void Error(string message, IReadOnlyList<string>? details = null)
    {
        errors.MarkupLineInterpolated($"[red]error:[/] {Terminal.Safe(message)}");
        foreach (var detail in details ?? [])
        {
            errors.MarkupLineInterpolated($"  - {Terminal.Safe(detail)}");
        }
    }

    public Task LiveAsync(Func<Action<CliLine>, Task> work) => !console.Profile.Capabilities.Ansi ? work(Write) : console.Live(new Text("")).StartAsync(live => work(line =>
    {
        live.UpdateTarget(PoolView.Table(line.Pools ?? [], line.At ?? default));
        live.Refresh();
    }));

    private void WriteEvent(AgentTaskEvent agentTaskEvent)
    {
        var colour = agentTaskEvent.Step == AgentTaskStep.Executing ? "grey" : "aqua";
        console.MarkupLine($"[grey]{agentTaskEvent.At.ToLocalTime():HH:mm:ss}[/] [{colour}]{agentTaskEvent.Step.ToName(),-11}[/] {Markup.Escape(Terminal.Safe(agentTaskEvent.Message))}");
    }

    private void WriteCheck(DoctorCheck check)
    {
        var mark = check.Ok ? "[green]ok     [/]" : check.Required ? "[red]missing[/]" : "[yellow]absent [/]";
        console.MarkupLine($"{mark} {Markup.Escape(check.Name),-18} {Markup.Escape(Terminal.Safe(check.Found))}");
        if (check.Details is { } details)
        {
            console.MarkupLineInterpolated($"        {"",-18} [grey]{Terminal.Safe(string.Join("; ", details.Select(detail => $"{detail.Key} {detail.Value}")))}[/]");
        }

        if (!check.Ok && check.Fix is { } fix)
        {
            console.MarkupLineInterpolated($"        {"",-18} [grey]{fix}[/]");
        }
    }
}
