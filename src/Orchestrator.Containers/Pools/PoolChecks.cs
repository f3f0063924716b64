using System.Globalization;
using Orchestrator.Containers.Leasing;

namespace Orchestrator.Containers.Pools;

/// <summary>Checks the settings of one pool.</summary>
internal static class PoolChecks
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static void Check(ContainerPoolOptions pool, string at, IReadOnlyCollection<string> policies, PoolErrors errors)
    {
        SpecificationChecks.Check(pool, at, errors);
        Sizes(pool, at, errors);
        Times(pool, at, errors);
        Money(pool, at, errors);
        Schedule(pool, at, errors);
        ProbeChecks.Check(pool, at, errors);
        Restart(pool.Restart, $"{at}:{nameof(pool.Restart)}", errors);
        Scaling(pool.Scaling, $"{at}:{nameof(pool.Scaling)}", errors);
        Passive(pool.Passive, $"{at}:{nameof(pool.Passive)}", errors);
        if (!SelectionPolicies.IsBuiltIn(pool.Policy) && !policies.Contains(pool.Policy, StringComparer.OrdinalIgnoreCase))
        {
            errors.Add($"{at}:{nameof(pool.Policy)}", $"is '{pool.Policy}', which is no policy; use one of {string.Join(", ", SelectionPolicies.BuiltIn.Concat(policies))}.");
        }
    }

    private static void Sizes(ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        errors.Between<int>(pool.MaxInstances, 1, 1_000, $"{at}:{nameof(pool.MaxInstances)}");
        errors.Between<int>(pool.MinInstances, 0, Math.Max(1, pool.MaxInstances), $"{at}:{nameof(pool.MinInstances)}");
        errors.Between<int>(pool.WarmInstances, 0, Math.Max(1, pool.MaxInstances), $"{at}:{nameof(pool.WarmInstances)}");
        errors.Between<int>(pool.HardLimit, 1, 10_000, $"{at}:{nameof(pool.HardLimit)}");
        errors.Between(pool.SoftLimit, 1, Math.Max(1, pool.HardLimit), $"{at}:{nameof(pool.SoftLimit)}");
        errors.Between<int>(pool.MaxWaiting, 0, 1_000_000, $"{at}:{nameof(pool.MaxWaiting)}");
        errors.Between<double>(pool.PanicShare, 0, 1, $"{at}:{nameof(pool.PanicShare)}");
        if (pool.TargetLoad is { } target && !(target > 0 && target <= pool.HardLimit))
        {
            errors.Add($"{at}:{nameof(pool.TargetLoad)}", string.Create(CultureInfo.InvariantCulture, $"is {target}; set it above 0 and at most to {nameof(pool.HardLimit)} ({pool.HardLimit})."));
        }

        if (pool.Warmth is not (ContainerWarmth.Paused or ContainerWarmth.Created))
        {
            errors.Add($"{at}:{nameof(pool.Warmth)}", $"is {pool.Warmth}; use {nameof(ContainerWarmth.Paused)} or {nameof(ContainerWarmth.Created)}.");
        }
    }

    private static void Times(ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        errors.Between<TimeSpan>(pool.IdleTime, TimeSpan.Zero, Day, $"{at}:{nameof(pool.IdleTime)}");
        errors.Between<TimeSpan>(pool.SlowStart, TimeSpan.Zero, Hour, $"{at}:{nameof(pool.SlowStart)}");
        errors.Between(pool.StuckTime, Second, TimeSpan.FromDays(7), $"{at}:{nameof(pool.StuckTime)}");
        errors.Between<TimeSpan>(pool.DrainDeadline, TimeSpan.Zero, Day, $"{at}:{nameof(pool.DrainDeadline)}");
        errors.Between<TimeSpan>(pool.StopGrace, TimeSpan.Zero, TimeSpan.FromMinutes(10), $"{at}:{nameof(pool.StopGrace)}");
        errors.Between<TimeSpan>(pool.EngineTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), $"{at}:{nameof(pool.EngineTimeout)}");
    }

    private static void Money(ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        errors.Between<decimal>(pool.CostPerHourUsd, 0, 1_000_000, $"{at}:{nameof(pool.CostPerHourUsd)}");
        if (pool.DailyBudgetUsd is <= 0)
        {
            errors.Add($"{at}:{nameof(pool.DailyBudgetUsd)}", "must be above 0; leave it out for no cap.");
        }
        else if (pool.DailyBudgetUsd is not null && pool.CostPerHourUsd == 0)
        {
            errors.Add($"{at}:{nameof(pool.DailyBudgetUsd)}", $"has no effect without a rate; set {nameof(pool.CostPerHourUsd)} too.");
        }
    }

    private static void Schedule(ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        if (!errors.NotNull(pool.Schedule, $"{at}:{nameof(pool.Schedule)}"))
        {
            return;
        }

        for (var i = 0; i < pool.Schedule.Count; i++)
        {
            var place = $"{at}:{nameof(pool.Schedule)}:{i}";
            if (!errors.NotNull(pool.Schedule[i], place))
            {
                continue;
            }

            var window = pool.Schedule[i];
            errors.Between<int>(window.MinInstances, 0, Math.Max(1, pool.MaxInstances), $"{place}:{nameof(window.MinInstances)}");
            if (errors.NotNull(window.Days, $"{place}:{nameof(window.Days)}") && window.Days.Any(day => !Enum.IsDefined(day)))
            {
                errors.Add($"{place}:{nameof(window.Days)}", "names a day that does not exist; use Monday to Sunday.");
            }

            if (string.IsNullOrEmpty(window.TimeZone) || !TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out _))
            {
                errors.Add($"{place}:{nameof(window.TimeZone)}", $"is '{window.TimeZone}', which this machine does not know; use an IANA name such as Europe/Berlin, or UTC.");
            }
        }
    }

    private static void Restart(ContainerRestartOptions? restart, string at, PoolErrors errors)
    {
        if (errors.NotNull(restart, at))
        {
            errors.Between<TimeSpan>(restart.Delay, TimeSpan.Zero, Hour, $"{at}:{nameof(restart.Delay)}");
            errors.Between<TimeSpan>(restart.MaxDelay, restart.Delay, Day, $"{at}:{nameof(restart.MaxDelay)}");
            errors.Between<double>(restart.Jitter, 0, 1, $"{at}:{nameof(restart.Jitter)}");
            errors.Between<int>(restart.Budget, 1, 1_000, $"{at}:{nameof(restart.Budget)}");
            errors.Between<TimeSpan>(restart.Window, Second, Day, $"{at}:{nameof(restart.Window)}");
            errors.Between<TimeSpan>(restart.HealthyAfter, Second, Day, $"{at}:{nameof(restart.HealthyAfter)}");
        }
    }

    private static void Scaling(ContainerScalingOptions? scaling, string at, PoolErrors errors)
    {
        if (errors.NotNull(scaling, at))
        {
            errors.Between<double>(scaling.Tolerance, 0, 0.5, $"{at}:{nameof(scaling.Tolerance)}");
            errors.Between<double>(scaling.WaitingWeight, 0, 100, $"{at}:{nameof(scaling.WaitingWeight)}");
            errors.Between<int>(scaling.StepLimit, 1, 1_000, $"{at}:{nameof(scaling.StepLimit)}");
            errors.Between<TimeSpan>(scaling.StepInterval, TimeSpan.Zero, TimeSpan.FromMinutes(10), $"{at}:{nameof(scaling.StepInterval)}");
            errors.Between<TimeSpan>(scaling.Stabilisation, TimeSpan.Zero, Hour, $"{at}:{nameof(scaling.Stabilisation)}");
            errors.Between(scaling.ManualHold, TimeSpan.Zero, TimeSpan.FromDays(30), $"{at}:{nameof(scaling.ManualHold)}");
            errors.Between<int>(scaling.FailedStarts, 1, 1_000, $"{at}:{nameof(scaling.FailedStarts)}");
            errors.Between<TimeSpan>(scaling.Cooldown, TimeSpan.Zero, Hour, $"{at}:{nameof(scaling.Cooldown)}");
        }
    }

    private static void Passive(ContainerPassiveHealthOptions? passive, string at, PoolErrors errors)
    {
        if (errors.NotNull(passive, at))
        {
            errors.Between<double>(passive.FailureShare, 0.001, 2, $"{at}:{nameof(passive.FailureShare)}");
            errors.Between<int>(passive.MinimumOutcomes, 1, 10_000, $"{at}:{nameof(passive.MinimumOutcomes)}");
            errors.Between<TimeSpan>(passive.Window, Second, Hour, $"{at}:{nameof(passive.Window)}");
            errors.Between<TimeSpan>(passive.Recovery, Second, Hour, $"{at}:{nameof(passive.Recovery)}");
        }
    }
}
