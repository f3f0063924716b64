using System.Diagnostics;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Reconciling;

namespace Orchestrator.Containers.Diagnostics;

/// <summary>One activity for each wait for a lease, each lease, and each making and starting of an instance.</summary>
internal static class ContainerActivity
{
    private static readonly ActivitySource Source = new(ContainerDiagnostics.ActivitySourceName);

    public static bool IsListenedTo => Source.HasListeners();

    /// <summary>Under what somebody asks for a lease; null when nobody listens.</summary>
    public static Activity? Asking => IsListenedTo ? Activity.Current : null;

    public static Activity? Start(string pool, string instance, InstanceActionKind call) =>
        Source.StartActivity(call == InstanceActionKind.Create ? "create instance" : "start instance", ActivityKind.Client)
            ?.SetTag(ContainerDiagnostics.PoolTag, pool)
            .SetTag(ContainerDiagnostics.InstanceTag, instance);

    public static Activity? Acquire(string pool) => Source.StartActivity("acquire lease")?.SetTag(ContainerDiagnostics.PoolTag, pool);

    public static void End(Activity? activity, in ContainerAcquisition acquisition)
    {
        activity?.SetTag(ContainerDiagnostics.OutcomeTag, ContainerMetrics.Name(acquisition.Status)).SetTag(ContainerDiagnostics.InstanceTag, acquisition.Lease?.Instance);
        activity?.SetStatus(acquisition.Lease is null ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
    }

    /// <summary>Begins the span of a lease. It lives longer than what goes on here, so it never is the current one.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="taskId">What it is for.</param>
    /// <param name="asking">Under what it was asked for.</param>
    public static Activity? Hold(ContainerLease lease, string? taskId, Activity? asking)
    {
        var current = Activity.Current;
        Activity.Current = null; // it would be the parent of a lease that somebody else asked for
        try
        {
            return Source.StartActivity("hold lease", ActivityKind.Internal, asking?.Context ?? default)
                ?.SetTag(ContainerDiagnostics.PoolTag, lease.Pool)
                .SetTag(ContainerDiagnostics.InstanceTag, lease.Instance)
                .SetTag(ContainerDiagnostics.TaskIdTag, taskId);
        }
        finally
        {
            Activity.Current = current is { IsStopped: true } ? null : current; // one that has ended cannot be current again, and this one shall not stay
        }
    }

    /// <summary>Ends the span of a lease; what is current stays.</summary>
    public static void End(Activity? activity, LeaseEnd end, bool succeeded)
    {
        if (activity is not null)
        {
            var current = Activity.Current;
            activity.SetTag(ContainerDiagnostics.OutcomeTag, end switch { LeaseEnd.Released => "released", LeaseEnd.Expired => "expired", _ => "lost" })
                .SetStatus(succeeded ? ActivityStatusCode.Unset : ActivityStatusCode.Error)
                .Stop();
            Activity.Current = current;
        }
    }

    public static void End(Activity? activity, string? code)
    {
        if (code is not null)
        {
            activity?.SetTag(ContainerDiagnostics.CodeTag, code).SetStatus(ActivityStatusCode.Error, code);
        }
    }
}
