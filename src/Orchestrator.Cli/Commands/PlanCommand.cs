using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Queue.Plans;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator plan</c>: tasks with dependencies, and the gates that people decide.</summary>
internal static class PlanCommand
{
    private const string SeeList = "orchestrator plan list";

    public static Command Create(GlobalOptions global) => new("plan", "Look at plans, cancel them, decide their gates.")
    {
        List(global),
        Show(global),
        Cancel(global),
        Decide(global, "approve", "Approve a gate whose turn has come: what depends on it goes on.", isApproved: true),
        Decide(global, "reject", "Reject a gate whose turn has come: what needs it is cancelled.", isApproved: false),
    };

    private static Command List(GlobalOptions global)
    {
        var limit = new Option<int>("--limit") { Description = "At most so many, from 1 to 1000.", HelpName = "N", DefaultValueFactory = _ => 50 };
        return HostedCommand.Create<ITaskPlans>(global, "list", "List plans, the newest first.", [limit], async (plans, parsed, context, cancellationToken) =>
        {
            foreach (var plan in await plans.ListAsync(parsed.GetValue(limit), cancellationToken))
            {
                context.Output.Write(new CliLine { Type = "plan", Plan = plan });
            }

            return ExitCodes.Success;
        });
    }

    private static Command Show(GlobalOptions global)
    {
        var id = new Argument<string>("id") { Description = "The plan." };
        return HostedCommand.Create<ITaskPlans>(global, "show", "Show a plan with its tasks: where each stands, what it waits for, which gates are open.", [id], async (plans, parsed, context, cancellationToken) =>
        {
            if (await plans.GetAsync(parsed.GetRequiredValue(id), cancellationToken) is not { } plan)
            {
                return Changes.NotFound(context, $"plan {parsed.GetRequiredValue(id)}", SeeList);
            }

            context.Output.Write(new CliLine { Type = "plan", Plan = plan });
            return ExitCodes.Success;
        });
    }

    private static Command Cancel(GlobalOptions global)
    {
        var id = new Argument<string>("id") { Description = "The plan." };
        return HostedCommand.Create<ITaskPlans>(global, "cancel", "Cancel every task of a plan that has not ended.", [id], async (plans, parsed, context, cancellationToken) =>
        {
            var planId = parsed.GetRequiredValue(id);
            return Changes.Report(context, await plans.CancelAsync(planId, cancellationToken), $"plan {planId}", SeeList);
        });
    }

    private static Command Decide(GlobalOptions global, string name, string description, bool isApproved)
    {
        var gate = new Argument<string>("gate") { Description = "The gate's task." };
        var by = new Option<string>("--by") { Description = "Who decides.", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };
        var comment = new Option<string?>("--comment") { Description = "Why.", HelpName = "TEXT" };
        return HostedCommand.Create<ITaskPlans>(global, name, description, [gate, by, comment], async (plans, parsed, context, cancellationToken) =>
        {
            var taskId = parsed.GetRequiredValue(gate);
            var decision = new GateDecision { IsApproved = isApproved, By = parsed.GetValue(by)!, Comment = parsed.GetValue(comment) };
            return Changes.Report(context, await plans.DecideAsync(taskId, decision, cancellationToken), $"gate {taskId}", "orchestrator plan show");
        });
    }
}
