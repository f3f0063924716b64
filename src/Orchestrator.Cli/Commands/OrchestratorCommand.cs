using System.CommandLine;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Commands.Doctor;
using Orchestrator.Cli.Patches;

namespace Orchestrator.Cli.Commands;

/// <summary>The whole command: what it can do, and how a command line is run.</summary>
internal static class OrchestratorCommand
{
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, GlobalOptions global)
    {
        // '@daily' is a cron macro and '@payload.json' a payload, not a file of arguments.
        var parsed = Create(global).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            // Errors of the command line have the same form and exit code as all others.
            global.Report(parsed);
            return ExitCodes.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TerminationTimeout, EnableDefaultExceptionHandler = false });
    }

    /// <summary>The commands with all their options.</summary>
    public static RootCommand Create(GlobalOptions global)
    {
        var root = new RootCommand("Puts AI coding agents to work and trusts the result: route, run, apply all-or-nothing, verify, audit.")
        {
            RunCommand.Create(global),
            WorkCommand.Create(global),
            RouteCommand.Create(global),
            ProvidersCommand.Create(global),
            FeedbackCommand.Create(global),
            TasksCommand.Create(global),
            QueueCommand.Create(global),
            DeadCommand.Create(global),
            PlanCommand.Create(global),
            ScheduleCommand.Create(global),
            ContainersCommand.Create(global),
            PatchCommand.Create(global),
            AuditCommand.Create(global),
            DatabaseCommand.Create(global),
            DoctorCommand.Create(global),
        };
        global.AddTo(root);
        return root;
    }
}
