using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Routing.State;
using Orchestrator.Routing.Tests.Admission;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.Admission.AdmissionRig;

namespace Orchestrator.Routing.Tests.State;

public sealed class SharedStateTests : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);
    private readonly FlakyStore _store = new(new InMemoryRoutingStateStore(new ManualTimeProvider()));
    private readonly List<RoutingStateKeeper> _keepers = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_provider_that_one_process_drains_is_drained_for_all_until_one_resumes_it()
    {
        var (one, first) = await StartAsync();
        var (two, second) = await StartAsync();

        one.Statuses.Drain("codex");
        await SaveAsync(one, first);
        await SaveAsync(two, second);
        Assert.True(two.Statuses.Get("codex").IsDraining);
        Assert.Equal(RejectionReason.Draining, two.Admit().Rejection?.Reason);

        one.Clock.Advance(Tick);
        two.Clock.Advance(Tick * 2);
        Assert.True(two.Statuses.Resume("codex"));
        await SaveAsync(two, second);
        await SaveAsync(one, first);
        Assert.False(one.Statuses.Get("codex").IsDraining);
    }

    [Fact]
    public async Task What_a_process_saves_that_did_not_hear_of_it_does_not_undo_it()
    {
        var (one, first) = await StartAsync();
        var (two, second) = await StartAsync();
        one.Statuses.Drain("codex");
        await SaveAsync(one, first);

        // Everything that the second one says about the provider, without looking at the store before.
        two.Registry.States[1].QuotaUntil = two.Clock.GetUtcNow().AddHours(1).UtcTicks;
        await _store.SaveAsync([.. Sources(two).SelectMany(source => source.Export(two.Clock.GetUtcNow()))], Cancel);

        var (three, _) = await StartAsync();
        Assert.Equal((true, false), (three.Statuses.Get("codex").IsDraining, three.Statuses.Get("claude").IsDraining));
        await SaveAsync(two, second);
        Assert.True(two.Statuses.Get("codex").IsDraining);
    }

    [Fact]
    public async Task The_later_of_two_words_counts_whoever_is_heard_first()
    {
        var (one, first) = await StartAsync();
        var (two, second) = await StartAsync();
        one.Statuses.Drain("codex");
        two.Clock.Advance(Tick);
        two.Statuses.Drain("codex");
        two.Statuses.Resume("codex");

        await SaveAsync(two, second);
        await SaveAsync(one, first);
        await SaveAsync(two, second);

        Assert.Equal((false, false), (one.Statuses.Get("codex").IsDraining, two.Statuses.Get("codex").IsDraining));
    }

    [Fact]
    public async Task A_refresh_takes_over_what_others_spent_and_keeps_no_owner_that_nobody_here_asked_for()
    {
        var (one, first) = await StartAsync(BudgetScope.Task);
        var (two, _) = await StartAsync(BudgetScope.Task);
        await AdmitAsync(one, "shared");
        await AdmitAsync(two, "shared");
        await AdmitAsync(two, "foreign");

        await SaveAsync(one, first);

        Assert.Equal(8m, one.LeftUsd(task: "shared"));
        Assert.Equal(["shared"], Assert.Single(one.Registry.Budgets.Ledgers).Cells.Select(cell => cell.Owner));
    }

    [Fact]
    public async Task Tasks_that_the_store_keeps_are_forgotten_here_an_hour_after_their_last_attempt_ended_and_still_capped()
    {
        var (rig, keeper) = await StartAsync(BudgetScope.Task);
        await AdmitAsync(rig, "ended", usd: 8);
        var runs = (await rig.Desk.AdmitAsync(rig.Request(usd: 1, task: TaskOf("runs"), duration: TimeSpan.FromDays(1)), Cancel)).Admission;

        rig.Clock.Advance(TimeSpan.FromHours(2));
        await SaveAsync(rig, keeper);

        Assert.Equal(["runs"], Assert.Single(rig.Registry.Budgets.Ledgers).Cells.Select(cell => cell.Owner));
        Assert.False((await rig.Desk.AdmitAsync(rig.Request(usd: 3, task: TaskOf("ended")), Cancel)).IsAdmitted);
        Assert.True(runs.Settle(1, 0));
    }

    [Fact]
    public void Owners_whose_window_is_over_are_forgotten_and_those_whose_window_runs_are_not()
    {
        var rig = WithBudget(BudgetScope.Tenant, 10);
        rig.Admit(usd: 1, task: TaskOf("t", "yesterday")).Admission.Settle(1, 0);
        rig.Clock.Advance(TimeSpan.FromDays(1));
        rig.Admit(usd: 1, task: TaskOf("t", "today")).Admission.Settle(1, 0);

        rig.Registry.Budgets.Expire(rig.Clock.GetUtcNow().UtcTicks, isKeptElsewhere: false);

        Assert.Equal(["today"], Assert.Single(rig.Registry.Budgets.Ledgers).Cells.Select(cell => cell.Owner));
        Assert.Equal(9m, rig.LeftUsd("today"));
    }

    [Fact]
    public async Task The_more_windows_there_are_the_less_often_they_are_all_read()
    {
        var rig = Rig(BudgetScope.Task);
        for (var i = 0; i < 2_000; i++)
        {
            var key = new BudgetKey("cap", $"task-{i}", DateTimeOffset.UnixEpoch);
            await _store.SettleAsync(new BudgetSettlement($"a{i}", 1, 1, [new BudgetClaim(key, 1, 1)]), Cancel);
        }

        var before = _store.Listings;
        for (var i = 0; i < 10; i++)
        {
            await rig.Reservations!.RefreshAsync(rig.Clock.GetUtcNow(), Cancel);
            rig.Clock.Advance(TimeSpan.FromMilliseconds(400));
        }

        Assert.Equal(2, _store.Listings - before);
    }

    public void Dispose()
    {
        foreach (var keeper in _keepers)
        {
            keeper.Dispose();
        }
    }

    private static async Task AdmitAsync(AdmissionRig rig, string task, decimal usd = 1)
    {
        var request = new AdmissionRequest(TaskOf(task), "codex", $"{task}-{rig.GetHashCode()}", usd);
        Assert.True(await (await rig.Desk.AdmitAsync(request, Cancel)).Admission.SettleAsync(usd, 0, Cancel));
    }

    private static async Task SaveAsync(AdmissionRig rig, RoutingStateKeeper keeper)
    {
        rig.Clock.Advance(Tick);
        await keeper.SaveAsync(Cancel);
    }

    private static IRoutingStateSource[] Sources(AdmissionRig rig) => [new HealthStateSource(rig.Registry), new DrainingStateSource(rig.Registry)];

    private async Task<(AdmissionRig Rig, RoutingStateKeeper Keeper)> StartAsync(BudgetScope scope = BudgetScope.All)
    {
        var rig = Rig(scope);
        var keeper = new RoutingStateKeeper(rig.Registry, _store, rig.Reservations, Sources(rig), rig.Clock, NullLogger<RoutingStateKeeper>.Instance);
        _keepers.Add(keeper);
        await keeper.LoadAsync(Cancel);
        return (rig, keeper);
    }

    private AdmissionRig Rig(BudgetScope scope) =>
        new(options => options.Budgets.Add(new RoutingBudget { Name = "cap", Scope = scope, Window = BudgetWindow.Total, MaxUsd = 10 }), store: _store);
}
