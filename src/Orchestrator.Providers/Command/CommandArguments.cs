using System.Text;
using Orchestrator.Providers.Cli;

namespace Orchestrator.Providers.Command;

/// <summary>Makes the arguments of a command from its settings and the execution, and looks whether the system and the program would take them for what they are.</summary>
internal static class CommandArguments
{
    /// <summary>The most bytes of one argument. Linux takes 128 KiB with the end; other systems are not asked for more.</summary>
    public const int MaxBytes = (128 * 1024) - 1;

    /// <summary>The most bytes of all arguments together.</summary>
    public const int MaxBytesInAll = 1024 * 1024;

    /// <returns>The arguments; or, in words, why the command cannot be given them.</returns>
    public static (ValueList<string> Arguments, string? Unfit) Fill(IEnumerable<string> templates, AgentExecution execution, AgentWorkspace workspace)
    {
        var arguments = new List<string>();
        foreach (var template in templates)
        {
            var argument = Fill(template, execution, workspace);
            if (argument.StartsWith('-') && !template.StartsWith('-'))
            {
                return ([], $"what is filled in for '{template}' begins with '-' and would be read as an option. Put words before it, or use {nameof(CommandProviderOptions.InstructionsOnInput)}.");
            }

            arguments.Add(argument);
        }

        arguments.AddRange(execution.Arguments);
        var lengths = arguments.Select(static argument => (long)Encoding.UTF8.GetByteCount(argument)).ToList();
        return lengths.Any(static length => length > MaxBytes) || lengths.Sum() > MaxBytesInAll
            ? ([], $"its arguments are too long for a command line: {MaxBytes} bytes are the most for one, {MaxBytesInAll} for all. Use {nameof(CommandProviderOptions.InstructionsOnInput)}.")
            : ([.. arguments], null);
    }

    // One pass over the argument, so that a placeholder inside the instructions stays as it is.
    private static string Fill(string template, AgentExecution execution, AgentWorkspace workspace) => CommandPlaceholders.Fill(template, placeholder => placeholder switch
    {
        "workspace" => workspace.Directory,
        "instructions" => AgentSandbox.Instructions(execution, workspace),
        "task_id" => execution.Task.Id,
        "model" => execution.Model ?? "",
        _ => null,
    });
}
