using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Orchestrator.Auditing;
using Orchestrator.Providers;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting;

/// <summary>Runs a verify command. It runs what an agent wrote, so it gets no known secret and is killed with everything it started.</summary>
internal sealed class Verifier(ProcessRunner processes, VerifyEnvironment environment, ISecretRedactor redactor, IOptions<OrchestratorOptions> options)
{
    private const int MaxOutputLength = 16 * 1024;

    /// <summary>Whether the command said yes; the report tells the rest.</summary>
    /// <param name="run">The task.</param>
    /// <param name="command">The command.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="executionId">The attempt whose result is verified.</param>
    /// <param name="mark">What its processes are marked with, so that whoever cleans up in the directory after a crash finds them, and nobody else's.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<bool> RunAsync(AgentTaskRun run, CommandLine command, string directory, string executionId, string mark, CancellationToken cancellationToken)
    {
        run.Show(AgentTaskStep.Verifying, $"Running '{command}'.");
        var verification = await RunAsync(command, Request(run, command, directory, mark), cancellationToken).ConfigureAwait(false);
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

    private async ValueTask<VerificationReport> RunAsync(CommandLine command, ProcessRequest request, CancellationToken cancellationToken)
    {
        var text = redactor.Redact(command.ToString());
        var tail = new OutputTail(MaxOutputLength);
        try
        {
            await foreach (var item in processes.RunAsync(request, cancellationToken).ConfigureAwait(false))
            {
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
        catch (ProcessStartException error)
        {
            return new VerificationReport { Command = text, Passed = false, Output = redactor.Redact(error.Message) };
        }

        throw new OrchestratorException("hosting.verification_lost", $"The verify command of execution {request.ExecutionId} ended without an exit code.");
    }

    private ProcessRequest Request(AgentTaskRun run, CommandLine command, string directory, string mark)
    {
        var limit = options.Value.VerifyTimeLimit;
        return new ProcessRequest
        {
            Command = command,
            WorkingDirectory = directory,
            Environment = environment.Create(run),
            ExecutionId = mark,
            Limits = new AgentTimeLimits { Startup = limit, Idle = limit, Total = limit },
        };
    }

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
