using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Command;

/// <summary>Takes each line as a message and the exit code as the outcome.</summary>
internal sealed class CommandOutputParser(CommandProviderOptions options) : IAgentOutputParser
{
    private const int MaxMessageLength = 16 * 1024;

    private readonly TextTail _tail = new(4 * 1024);
    private int _lines;

    public TokenUsage Usage { get; } = new();

    public IEnumerable<AgentEvent> Read(string line)
    {
        _tail.Add(line);
        if (++_lines > options.MaxOutputLines || line.Length == 0)
        {
            return [];
        }

        return [new AgentMessage { Text = BoundedText.Cut(line, MaxMessageLength) }];
    }

    public AgentEvent End(ProcessExit exit, string errorTail)
    {
        var succeeded = options.SuccessExitCodes.Count > 0 ? options.SuccessExitCodes.Contains(exit.ExitCode) : exit.ExitCode == 0;
        return succeeded
            ? new AgentCompleted { Result = new AgentResult { Summary = _tail.ToString(), CostUsd = options.PricePerTaskUsd } }
            : new AgentFailed
            {
                Failure = new AgentFailure
                {
                    Class = FailureClass.Crashed,
                    Message = $"'{options.Executable}' ended with exit code {exit.ExitCode}.",
                    StatusCode = exit.ExitCode,
                    Detail = errorTail.Length > 0 ? errorTail : _tail.ToString(),
                },
            };
    }
}
