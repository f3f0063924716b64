using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Routing;
using Orchestrator.Routing.Health;
using Orchestrator.Tasks;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator route</c>: what the router would decide, and why.</summary>
internal static class RouteCommand
{
    public static Command Create(GlobalOptions global)
    {
        var explain = new Option<bool>("--explain") { Description = "Show every provider with every reason." };
        var command = new Command("route", "Show which provider a task would go to. Nothing is enqueued or run. Exit code 1 when no provider can do it.") { explain };
        var options = new TaskOptions();
        options.AddTo(command);
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var task = options.Read(parsed, TimeProvider.System.GetUtcNow());
            await using var host = await CliHost.CreateAsync(context, ((LocalSource)task.Source).Path, cancellationToken);
            await host.Services.GetRequiredService<ProviderHealthChecks>().CheckAsync(cancellationToken);
            var explanation = host.Services.GetRequiredService<IProviderRouter>().Explain(task);
            context.Output.Write(new CliLine { Type = "explanation", Explanation = explanation, Message = Words(explanation, parsed.GetValue(explain)) });
            return explanation.Decision.IsRejected ? ExitCodes.Failed : ExitCodes.Success;
        }));
        return command;
    }

    private static string Words(RoutingExplanation explanation, bool all) =>
        all ? RoutingExplanationText.Format(explanation) : explanation.Decision.Provider ?? explanation.Decision.Rejection!.Message;
}
