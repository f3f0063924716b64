using System.CommandLine;
using Orchestrator.Cli;
using Orchestrator.Cli.Commands;

var global = new GlobalOptions();
var root = new RootCommand("Puts AI coding agents to work and trusts the result: route, run, apply all-or-nothing, verify, audit.")
{
    RunCommand.Create(global),
    WorkCommand.Create(global),
    RouteCommand.Create(global),
    ProvidersCommand.Create(global),
    TasksCommand.Create(global),
    AuditCommand.Create(global),
    DoctorCommand.Create(global),
};
global.AddTo(root);

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
{
    // Errors of the command line have the same form and exit code as all others.
    global.Report(parsed);
    return ExitCodes.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30), EnableDefaultExceptionHandler = false });
