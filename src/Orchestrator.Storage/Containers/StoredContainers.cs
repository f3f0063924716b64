using Orchestrator.Containers;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Containers;

/// <summary>What is stored of containers, as every database holds it: without secrets and NUL characters, durations in whole microseconds.</summary>
internal static class StoredContainers
{
    public static ContainerTransition Clean(this ContainerTransition transition, ISecretRedactor? redactor) => transition with
    {
        EngineId = Redaction.OptionalText(redactor, transition.EngineId),
        Reason = Redaction.Text(redactor, transition.Reason),
    };

    public static ContainerHealthCheck Clean(this ContainerHealthCheck check, ISecretRedactor? redactor) =>
        check with { Message = Redaction.OptionalText(redactor, check.Message) };

    public static PoolStateEntry Clean(this PoolStateEntry entry, ISecretRedactor? redactor) => entry with { Value = Redaction.Json(redactor, entry.Value) };

    public static long Microseconds(this TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <exception cref="ArgumentException">The request is not pending.</exception>
    public static void DemandPending(PoolRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.State != PoolRequestState.Pending)
        {
            throw new ArgumentException("A request is pending when it is left.", nameof(request));
        }
    }

    /// <exception cref="ArgumentException">The state is no outcome.</exception>
    public static void DemandOutcome(PoolRequestState state)
    {
        if (state is not (PoolRequestState.Done or PoolRequestState.Refused))
        {
            throw new ArgumentException("A request ends done or refused.", nameof(state));
        }
    }
}
