namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Runs a command of the allow-list.</summary>
internal sealed class RunTool(IReadOnlyList<AllowedCommand> allowed, IEnumerable<string> entries, CommandRuns commands) : IChatTool
{
    private readonly string _entries = string.Join(", ", entries.Select(entry => $"'{entry}'"));

    public ToolDescription Description { get; } = new(
        "run",
        ToolKind.Shell,
        "Runs one of the allowed commands in the workspace. No shell: no pipes, no redirection, no variables, no '&&'.",
        new ToolParameter("command", ToolParameterKind.Text, "The command with its arguments.", IsRequired: true));

    public string TargetOf(ToolArguments arguments) => arguments.Text("command") ?? "";

    public async ValueTask<ToolResult> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        CommandLine command;
        try
        {
            command = CommandLine.Parse(arguments.Text("command")!);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return ToolResult.Error($"The command cannot be read: {exception.Message}");
        }

        return allowed.Any(entry => entry.Allows(command))
            ? await commands.RunAsync(command, cancellationToken).ConfigureAwait(false)
            : ToolResult.Refusal($"This command is not allowed. Allowed are {_entries}; where '*' stands, any further arguments.");
    }
}
