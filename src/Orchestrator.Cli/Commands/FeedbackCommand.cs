using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Hosting;
using Orchestrator.Json;
using Orchestrator.Routing;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator feedback</c>: a person's verdict about finished work, from which the router learns.</summary>
internal static class FeedbackCommand
{
    public static Command Create(GlobalOptions global)
    {
        var decision = new Argument<string>("decision") { Description = "The decision under which the work was done; `route --history` lists them." };
        var verdict = new Argument<string>("verdict") { Description = "Whether the work is right." };
        verdict.AcceptOnlyFromAmong("accept", "reject");
        var repository = new Option<string>("--repo") { Description = "The repository whose orchestrator.json is read.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var command = new Command("feedback", "Say whether the work under a decision was right. Counts once for each decision and verdict. Exit code 1 when there is no such work.") { decision, verdict, repository };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var id = DecisionIdArgument.Read(parsed.GetRequiredValue(decision));
            var word = parsed.GetRequiredValue(verdict) == "accept" ? FeedbackVerdict.Accepted : FeedbackVerdict.Rejected;
            await using var host = await CliHost.OpenAsync(context, DatabaseDemand.Existing, cancellationToken, parsed.GetValue(repository));
            await host.LoadRoutingStateAsync(cancellationToken);
            var result = await host.Services.GetRequiredService<IProviderOperations>().ReportVerdictAsync(id, word, cancellationToken);
            await host.Services.GetRequiredService<IRoutingState>().SaveAsync(CancellationToken.None);
            return Report(context, id, word, result);
        }));
        return command;
    }

    private static int Report(CliContext context, Guid id, FeedbackVerdict verdict, in FeedbackResult result)
    {
        switch (result.Status)
        {
            case FeedbackStatus.UnknownDecision:
                return Changes.NotFound(context, $"decision {id}", "orchestrator route --history");
            case FeedbackStatus.NotCarriedOut:
                context.Output.Error($"Decision {id} led to no work; there is nothing to be right or wrong.");
                return ExitCodes.Failed;
            default:
                context.Output.Write(new CliLine
                {
                    Type = "feedback",
                    Feedback = new FeedbackLine(id, verdict, result.Status, result.Provider),
                    Message = $"decision {id}: {result.Provider} {verdict.ToName()}, {Words(result.Status)}.",
                });
                return ExitCodes.Success;
        }
    }

    private static string Words(FeedbackStatus status) => status switch
    {
        FeedbackStatus.Learned => "and the router learned from it",
        FeedbackStatus.AlreadyCounted => "as was known before; nothing happened",
        _ => "kept; nothing was learned from it",
    };
}
