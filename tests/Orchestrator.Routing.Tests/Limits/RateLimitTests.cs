using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Providers;
using Orchestrator.Routing.Limits;
using Orchestrator.Routing.Tests.Admission;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.Limits;

public sealed class RateLimitTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20260101, 7);

    [Fact]
    public void One_number_lets_in_what_a_bucket_that_fills_evenly_lets_in() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
    {
        var random = SeededRandom.Create(seed);

        // Limits that divide a minute, so that the bucket of the model can count in whole ticks.
        int[] limits = [1, 2, 3, 10, 60, 1000];
        var limit = limits[random.Next(limits.Length)];
        var perUnit = TimeSpan.TicksPerMinute / limit;
        var (from, now, bucket) = (0L, 1_000 * TimeSpan.TicksPerDay, TimeSpan.TicksPerMinute);
        for (var step = 0; step < 200; step++)
        {
            var amount = random.Next(1, 4);
            var isLetIn = bucket >= perUnit;
            Assert.Equal(isLetIn, RateLimit.TryTake(ref from, now, amount, limit));
            bucket -= isLetIn ? amount * perUnit : 0;

            var passed = random.Next(0, 3) == 0 ? 0 : random.NextInt64(0, 3 * perUnit);
            now += passed;
            bucket = Math.Min(TimeSpan.TicksPerMinute, bucket + passed);
        }
    }).Check(Repeatable);

    [Fact]
    public void Requests_a_minute_let_in_the_limit_at_once_and_then_one_after_the_other()
    {
        var rig = new AdmissionRig(_ => { }, new ProviderLimits { RequestsPerMinute = 4 });
        var admitted = Enumerable.Range(0, 10).Count(_ => rig.Admit().IsAdmitted);

        var refused = rig.Admit().Rejection!;

        Assert.Equal(4, admitted);
        Assert.Equal((RejectionReason.RateLimited, rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(15)), (refused.Reason, refused.Until));
        Assert.Equal("our own limit of 4 requests a minute is reached; until 2026-01-01 00:00:15Z", refused.Text);
        rig.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.True(rig.Admit().IsAdmitted);
        Assert.False(rig.Admit().IsAdmitted);
    }

    [Fact]
    public void Tokens_a_minute_are_corrected_by_what_was_really_used()
    {
        var rig = new AdmissionRig(_ => { }, new ProviderLimits { TokensPerMinute = 1000 });
        var first = rig.Admit(tokens: 1000).Admission;
        Assert.Equal(RejectionReason.RateLimited, rig.Admit(tokens: 1).Rejection!.Reason);

        first.Settle(0, 400);
        Assert.True(rig.Admit(tokens: 600).IsAdmitted);
        Assert.False(rig.Admit(tokens: 1).IsAdmitted);

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        rig.Admit(tokens: 1).Admission.Settle(0, 3000);
        rig.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.False(rig.Admit(tokens: 1).IsAdmitted);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(rig.Admit(tokens: 1).IsAdmitted);
    }

    [Fact]
    public void A_task_larger_than_the_limit_is_let_in_once_and_paid_for_with_time()
    {
        var rig = new AdmissionRig(_ => { }, new ProviderLimits { TokensPerMinute = 1000 });

        Assert.True(rig.Admit(tokens: 5000).IsAdmitted);

        Assert.InRange(rig.Admit(tokens: 1).Rejection!.Until!.Value - rig.Clock.GetUtcNow(), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(4.01));
    }

    [Fact]
    public void Requests_a_day_start_anew_at_midnight_utc()
    {
        var rig = new AdmissionRig(_ => { }, new ProviderLimits { RequestsPerDay = 2 });
        rig.Clock.Advance(TimeSpan.FromHours(23));
        rig.Admit();
        rig.Admit();

        var refused = rig.Admit().Rejection!;

        Assert.Equal((RejectionReason.QuotaExhausted, new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)), (refused.Reason, refused.Until));
        Assert.Equal(2, rig.Statuses.Get("codex").RequestsToday);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(rig.Admit().IsAdmitted);
        Assert.Equal(1, rig.Statuses.Get("codex").RequestsToday);
    }

    [Fact]
    public void A_clock_that_goes_back_does_not_open_an_old_day_again()
    {
        var (day, noon) = (0L, (100 * TimeSpan.TicksPerDay) + (12 * TimeSpan.TicksPerHour));
        Assert.True(DayLimit.TryTake(ref day, noon, 1));

        Assert.False(DayLimit.TryTake(ref day, noon - TimeSpan.TicksPerDay, 1));
        Assert.True(DayLimit.TryTake(ref day, noon + TimeSpan.TicksPerDay, 1));
        DayLimit.GiveBack(ref day, noon + TimeSpan.TicksPerDay);
        Assert.Equal(0, DayLimit.Count(day, noon + TimeSpan.TicksPerDay));
    }
}
