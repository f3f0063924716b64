using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Routing;
using Orchestrator.Routing.Health;
using Orchestrator.Tasks;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator route</c>: what the router would decide, and why; what it decided, and whether it would again.</summary>
internal static class RouteCommand
{
    private const string Help = "Show which provider a task would go to. Nothing is enqueued or run. Exit code 1 when no provider can do it. "
        + "With --history or --replay, look at decisions that were made.";

    public static Command Create(GlobalOptions global)
    {
        var explain = new Option<bool>("--explain") { Description = "Show every provider with every reason." };
        var tokens = new Option<long?>("--tokens") { Description = "The size of the request in tokens, when it is known.", HelpName = "N" };
        var command = new Command("route", Help) { explain, tokens };
        var options = new TaskOptions(isTaskRequired: false);
        options.AddTo(command);
        var past = new PastDecisions(options.Instructions, explain);
        past.AddTo(command);
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            if (past.IsAsked(parsed))
            {
                return await past.ShowAsync(parsed, context, cancellationToken);
            }

            var task = options.Read(parsed, context.Time.GetUtcNow());
            var constraints = parsed.GetValue(tokens) is { } size ? new RoutingConstraints { EstimatedTokens = size } : null;
            await using var host = await CliHost.CreateAsync(context, ((LocalSource)task.Source).Path, cancellationToken);
            await host.LoadRoutingStateAsync(cancellationToken);
            await host.Services.GetRequiredService<ProviderHealthChecks>().CheckAsync(cancellationToken);
            var explanation = host.Services.GetRequiredService<IProviderRouter>().Explain(task, constraints);
            context.Output.Write(new CliLine { Type = "explanation", Explanation = explanation, Message = Words(explanation, parsed.GetValue(explain)) });
            return explanation.Decision.IsRejected ? ExitCodes.Failed : ExitCodes.Success;
        }));
        return command;
    }

    private static string Words(RoutingExplanation explanation, bool all) =>
        all ? RoutingExplanationText.Format(explanation) : explanation.Decision.Provider ?? explanation.Decision.Rejection!.Message;
}
