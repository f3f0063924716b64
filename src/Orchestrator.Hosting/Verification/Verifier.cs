using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Orchestrator.Auditing;
using Orchestrator.Providers;
using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Secrets;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>Runs a verify command. It runs what an agent wrote, so it gets no known secret and is killed with everything it started; where agents run in containers, so does it.</summary>
internal sealed class Verifier(
    ProcessRunner processes, VerifyEnvironment environment, ISecretRedactor redactor, IOptions<OrchestratorOptions> options, ContainerCommands? containers = null)
{
    private const int MaxOutputLength = 16 * 1024;

    /// <summary>Whether that of a task runs in containers, and so in workspaces alone, with the programs of an image.</summary>
    public bool UsesContainers(AgentTask task) => RunsInContainers || FindOtherPool(task) is not null;

    /// <summary>Why nothing of a task may run in this host; <see langword="null"/> when it may.</summary>
    public string? FindOtherPool(AgentTask task) => task.ContainerPool is { } pool && !pool.Equals(containers?.Pool, StringComparison.OrdinalIgnoreCase)
        ? $"The task must run in containers of pool '{pool}', but agents of this host run {(containers is null ? "on this machine" : $"in those of pool '{containers.Pool}'")}. Make it the host's pool (containers:agentPool), then retry the task."
        : null;

    private bool RunsInContainers => containers is { RunsVerifyCommands: true };

    /// <summary>Whether the command said yes in a directory of this machine; the report tells the rest.</summary>
    /// <param name="run">The task.</param>
    /// <param name="command">The command.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="executionId">The attempt whose result is verified.</param>
    /// <param name="mark">What its processes are marked with, so that whoever cleans up in the directory after a crash finds them, and nobody else's.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public ValueTask<bool> RunAsync(AgentTaskRun run, CommandLine command, string directory, string executionId, string mark, CancellationToken cancellationToken) =>
        JudgeAsync(run, command, executionId, processes.RunAsync(Request(run, command, directory, mark), cancellationToken), cancellationToken);

    /// <summary>Whether the command said yes in a workspace; the report tells the rest.</summary>
    /// <param name="run">The task.</param>
    /// <param name="command">The command.</param>
    /// <param name="workspace">Where it runs.</param>
    /// <param name="executionId">The attempt whose result is verified.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="VerificationBrokenException">The container was lost, and the workspace may have been with it; or its image has no such program; or the task may not run in this host.</exception>
    /// <exception cref="ContainerUnavailableException">No container could be had.</exception>
    public ValueTask<bool> RunAsync(AgentTaskRun run, CommandLine command, GitWorkspace workspace, string executionId, CancellationToken cancellationToken) =>
        FindOtherPool(run.Task) is { } otherPool ? throw VerificationBrokenException.Elsewhere(otherPool)
        : RunsInContainers ? JudgeAsync(run, command, executionId, containers!.RunAsync(run.Task, workspace, command, Limits, cancellationToken), cancellationToken)
        : RunAsync(run, command, workspace.Workspace.Directory, executionId, workspace.ExecutionId, cancellationToken);

    private AgentTimeLimits Limits => new() { Startup = options.Value.VerifyTimeLimit, Idle = options.Value.VerifyTimeLimit, Total = options.Value.VerifyTimeLimit };

    private async ValueTask<bool> JudgeAsync(AgentTaskRun run, CommandLine command, string executionId, IAsyncEnumerable<ProcessOutput> output, CancellationToken cancellationToken)
    {
        run.Show(AgentTaskStep.Verifying, $"Running '{command}'.");
        var verification = await ReadAsync(command, executionId, output).ConfigureAwait(false);
        run.Report = run.Report with { Verification = verification };
        await run.RecordAsync(
            AgentTaskStep.Verified,
            OperationNames.Verified,
            verification.Passed ? OperationOutcome.Succeeded : OperationOutcome.Failed,
            verification.Passed ? $"'{verification.Command}' said yes." : $"'{verification.Command}' said no.",
            cancellationToken,
            new ValueMap([
                new("exit_code", verification.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "none"),
                new("duration_ms", ((long)verification.Duration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)),
            ]),
            executionId).ConfigureAwait(false);
        return verification.Passed;
    }

    private async ValueTask<VerificationReport> ReadAsync(CommandLine command, string executionId, IAsyncEnumerable<ProcessOutput> output)
    {
        var text = redactor.Redact(command.ToString());
        var tail = new OutputTail(MaxOutputLength);
        try
        {
            await foreach (var item in output.ConfigureAwait(false))
            {
                if (item.Exit is { End: ProcessEnd.Lost })
                {
                    break;
                }

                if (item.Exit is { } exit)
                {
                    return new VerificationReport
                    {
                        Command = text,
                        Passed = exit is { End: ProcessEnd.Exited, ExitCode: 0 },
                        ExitCode = exit.End == ProcessEnd.Exited ? exit.ExitCode : null,
                        Duration = exit.Duration,
                        Output = tail.ToString(),
                    };
                }

                // Before anything is cut: half a secret would not be known any more.
                tail.Add(redactor.Redact(item.Line!));
            }
        }
        catch (ProcessStartException error) when (RunsInContainers && !command.Executable.Contains('/', StringComparison.Ordinal))
        {
            throw VerificationBrokenException.Missing(redactor.Redact(error.Message)); // Only what has a path can be the agent's doing.
        }
        catch (ProcessStartException error)
        {
            return new VerificationReport { Command = text, Passed = false, CouldNotStart = true, Output = redactor.Redact(error.Message) };
        }

        throw VerificationBrokenException.Lost(executionId);
    }

    private ProcessRequest Request(AgentTaskRun run, CommandLine command, string directory, string mark) => new()
    {
        Command = command,
        WorkingDirectory = directory,
        Environment = environment.Create(run),
        ExecutionId = mark,
        Limits = Limits,
    };

    /// <summary>The last lines of an output, within a bound.</summary>
    private sealed class OutputTail(int maxLength)
    {
        private readonly StringBuilder _text = new();

        public void Add(string line)
        {
            _text.AppendLine(line.Length <= maxLength ? line : line[..maxLength]);
            if (_text.Length > 2 * maxLength)
            {
                _text.Remove(0, _text.Length - maxLength);
            }
        }

        public override string ToString() => _text.Length <= maxLength ? _text.ToString() : _text.ToString(_text.Length - maxLength, maxLength);
    }
}
