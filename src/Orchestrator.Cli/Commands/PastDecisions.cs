using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Routing;
using Orchestrator.Routing.Decisions;

namespace Orchestrator.Cli.Commands;

/// <summary>The part of <c>orchestrator route</c> that looks at kept decisions: lists them, and makes one again.</summary>
internal sealed class PastDecisions(Option<string?> task, Option<bool> explain)
{
    private const string SeeHistory = "orchestrator route --history";

    private readonly Option<bool> _history = new("--history") { Description = "List kept decisions, the newest first; with --task ID those of one task." };
    private readonly Option<int> _limit = new("--limit") { Description = "How many decisions --history lists at most, from 1 to 1000.", HelpName = "N", DefaultValueFactory = _ => 50 };
    private readonly Option<string?> _replay = new("--replay") { Description = "Make a kept decision again from its record. Exit code 1 when it comes out differently.", HelpName = "ID" };

    public void AddTo(Command command)
    {
        command.Options.Add(_history);
        command.Options.Add(_limit);
        command.Options.Add(_replay);
    }

    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_history) || parsed.GetValue(_replay) is not null;

    /// <exception cref="ArgumentException">A value is not allowed, or there is no such decision.</exception>
    public async Task<int> ShowAsync(ParseResult parsed, CliContext context, CancellationToken cancellationToken)
    {
        var replay = parsed.GetValue(_replay) is { } text ? DecisionIdArgument.Read(text) : (Guid?)null;
        if (replay is not null && parsed.GetValue(_history))
        {
            throw new ArgumentException("--history and --replay are two questions; ask one at a time.");
        }

        var query = replay is null ? new RoutingRecordQuery { TaskId = parsed.GetValue(task), Limit = parsed.GetValue(_limit) } : null;
        await using var host = await CliHost.OpenAsync(context, DatabaseDemand.Existing, cancellationToken);
        return query is null
            ? await ReplayAsync(host, replay!.Value, parsed.GetValue(explain), context, cancellationToken)
            : await ListAsync(host.Services.GetRequiredService<IRoutingDecisionLog>(), query, context, cancellationToken);
    }

    private static async Task<int> ListAsync(IRoutingDecisionLog log, RoutingRecordQuery query, CliContext context, CancellationToken cancellationToken)
    {
        foreach (var record in await log.ListAsync(query, cancellationToken))
        {
            var outcomes = await log.ListOutcomesAsync(record.Decision.Id, cancellationToken);
            context.Output.Write(new CliLine
            {
                Type = "decision",
                Decision = new DecisionLine(record.Decision, record.Task.Id, record.At, record.IsShadow, record.WorkerName, record.ContainerName, [.. outcomes]),
            });
        }

        return ExitCodes.Success;
    }

    private static async Task<int> ReplayAsync(CliHost host, Guid id, bool explain, CliContext context, CancellationToken cancellationToken)
    {
        var replay = await host.Services.GetRequiredService<RoutingReplayer>().ReplayAsync(id, cancellationToken)
            ?? throw new ArgumentException($"There is no decision {id}, or its configuration is not kept any more; see: {SeeHistory}");
        context.Output.Write(new CliLine
        {
            Type = "replay",
            Replay = new ReplayLine(id, replay.Record.Task.Id, replay.Record.At, replay.IsSame, [.. replay.Differences], replay.Recorded, replay.Explanation),
            Message = explain ? RoutingExplanationText.Format(replay.Explanation) : null,
        });
        return replay.IsSame ? ExitCodes.Success : ExitCodes.Failed;
    }
}
