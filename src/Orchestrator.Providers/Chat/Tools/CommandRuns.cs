using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Runs commands for one execution, one at a time: no shell, our clocks, confined writes, no secret in the environment, and nothing left running.</summary>
internal sealed class CommandRuns(ProcessRunner runner, string executionId, AgentWorkspace workspace, ChatAgentOptions options, TimeSpan grace, ISecretRedactor redactor)
{
    public async ValueTask<ToolResult> RunAsync(CommandLine command, CancellationToken cancellationToken)
    {
        var limit = options.CommandTimeLimit < AgentTimeLimits.Longest ? options.CommandTimeLimit : AgentTimeLimits.Longest;
        var request = new ProcessRequest
        {
            Command = command,
            WorkingDirectory = workspace.Directory,
            Environment = AgentSandbox.Environment(workspace, options.KeepHome),
            ExecutionId = executionId,
            Limits = new AgentTimeLimits { Startup = limit, Idle = limit, Total = limit, Grace = grace },
            WritablePaths = options.ConfineWrites ? AgentSandbox.WritablePaths(workspace, options.WritablePaths) : null,
            MaxLineBytes = 64 * 1024,
        };
        var output = new BoundedOutput(options.MaxToolOutput - Math.Min(400, options.MaxToolOutput / 2));
        ProcessExit? exit = null;
        try
        {
            await foreach (var item in runner.RunAsync(request, cancellationToken).ConfigureAwait(false))
            {
                exit = item.Exit;
                if (item.Line is { } line)
                {
                    output.Add(redactor.Redact(line));
                }
            }
        }
        catch (ProcessStartException exception)
        {
            return ToolResult.Error(exception.Message);
        }

        return Tell(exit!, output.ToString());
    }

    private ToolResult Tell(ProcessExit exit, string output)
    {
        var words = exit.End == ProcessEnd.Exited ? $"The command ended with exit code {exit.ExitCode}." : $"The command took longer than {options.CommandTimeLimit} and was stopped.";
        var text = output.Length > 0 ? $"{words}\n{output}" : $"{words} It printed nothing.";
        return new ToolResult { Text = text, Succeeded = exit is { End: ProcessEnd.Exited, ExitCode: 0 } };
    }
}
