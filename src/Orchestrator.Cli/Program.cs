using Orchestrator.Cli;
using Orchestrator.Cli.Commands;

return await OrchestratorCommand.RunAsync(args, new GlobalOptions());
