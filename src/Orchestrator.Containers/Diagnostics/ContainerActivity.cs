using System.Diagnostics;
using Orchestrator.Containers.Reconciling;

namespace Orchestrator.Containers.Diagnostics;

/// <summary>One activity for each wait for a lease, and for each making and starting of an instance.</summary>
internal static class ContainerActivity
{
    private static readonly ActivitySource Source = new(ContainerDiagnostics.ActivitySourceName);

    public static bool IsListenedTo => Source.HasListeners();

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

    public static void End(Activity? activity, string? code)
    {
        if (code is not null)
        {
            activity?.SetTag(ContainerDiagnostics.CodeTag, code).SetStatus(ActivityStatusCode.Error, code);
        }
    }
}
