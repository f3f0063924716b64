using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orchestrator containers logs</c>: what the program of an instance printed, straight from the engine of this machine.</summary>
internal static class LogsCommand
{
    public static Command Create(GlobalOptions global)
    {
        var instance = new Argument<string>("instance") { Description = "The instance." };
        var lines = new Option<int>("--lines") { Description = "How many of the newest lines, from 1 to 100000.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var follow = new Option<bool>("--follow") { Description = "Go on as it prints more, until it ends or this is interrupted." };
        var command = new Command("logs", "Show what the program of an instance printed. Asks the engine of this machine, so it also works when the host is away.") { instance, lines, follow };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var count = parsed.GetValue(lines);
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(lines));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 100_000, nameof(lines));
            await using var host = await CliHost.OpenAsync(context, DatabaseDemand.None, cancellationToken);
            var name = parsed.GetRequiredValue(instance);
            var told = (await ToldPools.ReadAsync(host.Services.GetRequiredService<IContainerPoolState>(), context.Time, cancellationToken)).With(name);
            if (told.Count == 0)
            {
                return Changes.NotFound(context, $"instance {name}", ContainersCommand.SeeList);
            }

            if (told.MaxBy(line => line.At)!.Status.Instances.First(other => other.Name == name).EngineId is not { } id)
            {
                context.Output.Error($"Instance {name} is being made; it has printed nothing yet.");
                return ExitCodes.Failed;
            }

            await using var engines = new EngineChoice(host.Services);
            if (await engines.FindAsync(id, cancellationToken) is not { } engine)
            {
                context.Output.Error($"No engine of this machine has instance {name}: its log is on the machine of worker {told[0].WorkerName}, or gone with it.", engines.Answers);
                return ExitCodes.Failed;
            }

            await WriteAsync(engine.ReadLogsAsync(id, count, parsed.GetValue(follow), cancellationToken), name, context, cancellationToken);
            return ExitCodes.Success;
        }));
        return command;
    }

    private static async Task WriteAsync(IAsyncEnumerable<ContainerOutput> output, string instance, CliContext context, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in output.WithCancellation(cancellationToken))
            {
                if (line.ExitCode is null)
                {
                    context.Output.Write(new CliLine { Type = "instance_output", InstanceOutput = new InstanceOutputLine(instance, line.Text, line.IsError) });
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever followed has seen enough.
        }
    }
}
