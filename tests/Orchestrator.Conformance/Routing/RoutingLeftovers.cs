using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.State;
using Orchestrator.Tasks;

namespace Orchestrator.Conformance.Routing;

/// <summary>Leaves behind what a router does, for retention to find.</summary>
/// <param name="log">Where decisions go.</param>
/// <param name="state">Where budgets are.</param>
/// <param name="now">The time that ages are counted from.</param>
public sealed class RoutingLeftovers(IRoutingDecisionLog log, IRoutingStateStore state, DateTimeOffset now)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A decision made so many days ago, with an outcome that came so many days ago.</summary>
    public async Task DecideAsync(int number, double days, string task = "gone", string snapshot = "kept", double? outcome = null)
    {
        await log.AppendAsync(
            [new RoutingRecord
            {
                Decision = new RoutingDecision { Id = Id(number), Provider = "codex" },
                Task = new AgentTask { Id = task, Type = AgentTaskType.Fix, Instructions = "-", Source = new LocalSource { Path = "/r" } },
                SnapshotDigest = snapshot,
                State = "",
                At = At(days),
            }],
            Cancel);
        await LearnAsync(number, outcome ?? days);
    }

    /// <summary>An outcome that came so many days ago.</summary>
    public ValueTask LearnAsync(int number, double days) => log.AppendOutcomesAsync(
        [new RecordedOutcome(new ExecutionOutcome(Id(number), "codex", AgentTaskType.Fix, OutcomeStage.Ended, FailureClass.RateLimited), At(days))], Cancel);

    /// <summary>A configuration used so many days ago.</summary>
    public ValueTask ConfigureAsync(string digest, double days) => log.SaveSnapshotAsync(new RoutingSnapshotRecord(digest, "{}", At(days)), Cancel);

    /// <summary>A window that ended so many days ago (none: never), with one cent spent in it.</summary>
    public async Task SpendAsync(string budget, double? ended, bool isOfTask = false)
    {
        var end = ended is { } days ? At(days) : (DateTimeOffset?)null;
        BudgetClaim claim = new(new BudgetKey(budget, "*", end?.AddDays(-1) ?? DateTimeOffset.UnixEpoch, end), 0, 0) { IsOfTask = isOfTask };
        await state.SettleAsync(new BudgetSettlement(budget, 10_000_000, 1, [claim]), Cancel);
    }

    /// <summary>Something remembered so many days ago.</summary>
    public ValueTask RememberAsync(string kind, string key, double days) => state.SaveAsync([new RoutingStateEntry(kind, key, "1", At(days))], Cancel);

    /// <summary>Those of the decisions 1 to 9 that are kept, each with the number of its outcomes.</summary>
    public async Task<string> DecisionsAsync()
    {
        var kept = new List<string>();
        foreach (var number in Enumerable.Range(1, 9))
        {
            var outcomes = (await log.ListOutcomesAsync(Id(number), Cancel)).Count;
            if (await log.FindAsync(Id(number), Cancel) is not null || outcomes > 0)
            {
                kept.Add($"{number}:{outcomes}");
            }
        }

        return string.Join(',', kept);
    }

    /// <summary>The budgets of which a window is kept.</summary>
    public async Task<string> BudgetsAsync() =>
        string.Join(',', (await state.ListBalancesAsync(DateTimeOffset.UnixEpoch, Cancel)).Select(balance => balance.Key.Budget));

    /// <summary>The keys of what is remembered.</summary>
    public async Task<string> RememberedAsync() => string.Join(',', (await state.LoadAsync(Cancel)).Select(entry => entry.Key));

    private static Guid Id(int number) => new(number, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);

    private DateTimeOffset At(double days) => now - TimeSpan.FromDays(days);
}
