using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>
/// Runs commands for one execution, one at a time: no shell, our clocks, no secret in the environment, and nothing left running. On this machine, with confined writes, or each in a container of its own:
/// between them no other program is in the workspace, which the other tools read and edit.
/// </summary>
internal sealed class CommandRuns(ProcessRunner runner, AgentContainers? containers, AgentExecution execution, ChatAgentOptions options, ChatSpending spending, TimeSpan grace, ISecretRedactor redactor)
{
    public async ValueTask<ToolResult> RunAsync(CommandLine command, CancellationToken cancellationToken)
    {
        var limit = options.CommandTimeLimit < AgentTimeLimits.Longest ? options.CommandTimeLimit : AgentTimeLimits.Longest;
        var limits = new AgentTimeLimits { Startup = limit, Idle = limit, Total = limit, Grace = grace };
        if (containers is null)
        {
            return await RunAsync(new MachinePlace(execution, runner), command, limits, cancellationToken).ConfigureAwait(false);
        }

        var (place, refused) = await containers.EnterAsync(execution, limits, cancellationToken).ConfigureAwait(false);
        if (place is null)
        {
            return ToolResult.End(refused.Class, refused.Message);
        }

        ToolResult told;
        bool isBack;
        try
        {
            told = await RunAsync(place, command, limits, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            isBack = await place.LeaveAsync().ConfigureAwait(false);
            spending.AddPlace(place.CostUsd);
        }

        return isBack ? told : ToolResult.End(FailureClass.Crashed, "The container of a command was lost with the workspace, or what came back is not the workspace any more.");
    }

    private async ValueTask<ToolResult> RunAsync(IAgentPlace place, CommandLine command, AgentTimeLimits limits, CancellationToken cancellationToken)
    {
        var workspace = place.Execution.Workspace!;
        var request = new ProcessRequest
        {
            Command = command with { Arguments = [.. command.Arguments.Select(argument => Translate(argument, execution.Workspace!, workspace))] },
            WorkingDirectory = workspace.Directory,
            Environment = place.IsContainer ? AgentSandbox.ContainerEnvironment(workspace) : AgentSandbox.Environment(workspace, options.KeepHome),
            ExecutionId = execution.Id,
            Limits = limits,
            WritablePaths = options.ConfineWrites && !place.IsContainer ? AgentSandbox.WritablePaths(workspace, options.WritablePaths) : null,
            MaxLineBytes = 64 * 1024,
        };
        var output = new BoundedOutput(options.MaxToolOutput - Math.Min(400, options.MaxToolOutput / 2));
        ProcessExit? exit = null;
        try
        {
            await foreach (var item in place.Runner.RunAsync(request, cancellationToken).ConfigureAwait(false))
            {
                exit = item.Exit;
                if (item.Line is { } line)
                {
                    output.Add(redactor.Redact(Translate(line, workspace, execution.Workspace!)));
                }
            }
        }
        catch (ProcessStartException exception)
        {
            return ToolResult.Error(exception.Message);
        }

        return Tell(exit!, output.ToString());
    }

    /// <summary>Paths of the workspace in a container mean nothing to the other tools, nor theirs to its programs.</summary>
    private static string Translate(string text, AgentWorkspace from, AgentWorkspace to) => from == to ? text : text
        .Replace(from.Directory, to.Directory, StringComparison.Ordinal)
        .Replace(from.HomeDirectory, to.HomeDirectory, StringComparison.Ordinal)
        .Replace(from.TemporaryDirectory, to.TemporaryDirectory, StringComparison.Ordinal);

    private ToolResult Tell(ProcessExit exit, string output)
    {
        var words = exit.End switch
        {
            ProcessEnd.Exited => $"The command ended with exit code {exit.ExitCode}.",
            ProcessEnd.Lost => "The command's container was lost, and how it ended is not known.",
            _ => $"The command took longer than {options.CommandTimeLimit} and was stopped.",
        };
        var text = output.Length > 0 ? $"{words}\n{output}" : $"{words} It printed nothing.";
        return new ToolResult { Text = text, Succeeded = exit is { End: ProcessEnd.Exited, ExitCode: 0 } };
    }
}
