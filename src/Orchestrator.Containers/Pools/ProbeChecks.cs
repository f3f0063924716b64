namespace Orchestrator.Containers.Pools;

/// <summary>Checks the probes of a pool.</summary>
internal static class ProbeChecks
{
    public static void Check(ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        Check(pool.Startup, pool, $"{at}:{nameof(pool.Startup)}", errors);
        Check(pool.Readiness, pool, $"{at}:{nameof(pool.Readiness)}", errors);
        Check(pool.Liveness, pool, $"{at}:{nameof(pool.Liveness)}", errors);
    }

    private static void Check(ContainerProbeOptions? probe, ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        if (probe is null)
        {
            return;
        }

        errors.Between<TimeSpan>(probe.Interval, TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1), $"{at}:{nameof(probe.Interval)}");
        errors.Between<TimeSpan>(probe.Timeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10), $"{at}:{nameof(probe.Timeout)}");
        errors.Between<int>(probe.FailureThreshold, 1, 10_000, $"{at}:{nameof(probe.FailureThreshold)}");
        errors.Between<int>(probe.SuccessThreshold, 1, 10_000, $"{at}:{nameof(probe.SuccessThreshold)}");
        if (errors.NotNull(probe.Command, $"{at}:{nameof(probe.Command)}"))
        {
            SpecificationChecks.Command(probe.Command, $"{at}:{nameof(probe.Command)}", errors);
            Kind(probe, pool, at, errors);
        }
    }

    private static void Kind(ContainerProbeOptions probe, ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        if (probe.Command.Count > 0 == (probe.Port is not null) || (probe.Command.Count > 0 && probe.HttpPath is not null))
        {
            errors.Add(at, $"must ask in one way: set {nameof(probe.Port)} (with {nameof(probe.HttpPath)} for HTTP, alone for a TCP connection), or {nameof(probe.Command)}.");
        }

        if (probe.HttpPath is { } path && (!path.StartsWith('/') || path.Any(c => char.IsControl(c) || c == ' ')))
        {
            errors.Add($"{at}:{nameof(probe.HttpPath)}", $"is '{path}'; begin it with a slash, without blanks.");
        }

        if (probe.Port is { } port && pool.Ports is { } ports && !ports.Contains(port))
        {
            errors.Add($"{at}:{nameof(probe.Port)}", $"is {port}, which is none of {nameof(pool.Ports)}; add it there.");
        }
    }
}
