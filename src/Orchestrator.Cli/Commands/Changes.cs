using Orchestrator.Cli.Output;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Commands;

/// <summary>Says what came of a change, and which exit code that is.</summary>
internal static class Changes
{
    /// <param name="context">Where to say it.</param>
    /// <param name="status">What came of it.</param>
    /// <param name="what">What was to be changed, with its id: <c>task 7</c>.</param>
    /// <param name="list">The command that lists what there is.</param>
    public static int Report(CliContext context, TaskChangeStatus status, string what, string list)
    {
        switch (status)
        {
            case TaskChangeStatus.Changed:
                return Done(context, $"{what}: done.");
            case TaskChangeStatus.Requested:
                return Done(context, $"{what}: its worker was asked to stop.");
            case TaskChangeStatus.NotFound:
                return NotFound(context, what, list);
            default:
                context.Output.Error($"The state of {what} does not allow it; nothing was changed. See: {list}");
                return ExitCodes.Failed;
        }
    }

    public static int Done(CliContext context, string message)
    {
        context.Output.Write(new CliLine { Type = "changed", Message = message });
        return ExitCodes.Success;
    }

    public static int NotFound(CliContext context, string what, string list)
    {
        context.Output.Error($"There is no {what}; see: {list}");
        return ExitCodes.Failed;
    }
}
