namespace Orchestrator.Providers.Command;

/// <summary>The mapping that <c>docs/agents/clis.md</c> shows as an example: opencode's output without its parser.</summary>
internal static class OpenCodeMapping
{
    public static CommandProviderOptions Create() => new()
    {
        Executable = "opencode",
        Output = CommandOutputFormat.JsonLines,
        Mapping = new CommandOutputMapping
        {
            Message = "/part/text when /type=text",
            Tool = "/part/tool when /type=tool_use",
            Target = "/part/state/input/filePath",
            Error = "/error/data/message when /type=error",
            Status = "/error/data/statusCode",
            Session = "/sessionID",
            InputTokens = "/part/tokens/input",
            OutputTokens = "/part/tokens/output",
            CostUsd = "/part/cost",
            AddUsage = true,
            LastLine = "/type=step_finish and /part/reason=stop",
        },
    };
}
