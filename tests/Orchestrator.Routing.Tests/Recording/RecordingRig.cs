using Orchestrator.Providers;
using Orchestrator.Routing.Decisions;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.Recording;

/// <summary>A router whose decisions are recorded in memory.</summary>
internal sealed class RecordingRig : IAsyncDisposable
{
    public RecordingRig(IEnumerable<ProviderDescriptor> providers, Action<ProviderRoutingOptions>? configure = null)
    {
        Rig = new RouterRig(providers, configure);
        Recorder = new RoutingRecorder(Log, Rig.Clock, options: new RoutingRecorderConfig { WorkerName = "w1", ContainerName = "c1" });
        Rig.Router.Observer = Recorder;
        Replayer = new RoutingReplayer(Log);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public RouterRig Rig { get; }

    public InMemoryRoutingDecisionLog Log { get; } = new();

    public RoutingRecorder Recorder { get; }

    public RoutingReplayer Replayer { get; }

    public ProviderRouter Router => Rig.Router;

    public ManualTimeProvider Clock => Rig.Clock;

    public async Task<RoutingRecord> FindAsync(Guid decisionId)
    {
        await Recorder.FlushAsync(Cancel);
        return Assert.IsType<RoutingRecord>(await Log.FindAsync(decisionId, Cancel));
    }

    public void Report(in RoutingDecision decision, OutcomeStage stage, FailureClass? failure = null, string? provider = null) => Router.Report(
        new ExecutionOutcome(decision.Id, provider ?? decision.Provider!, RouterRig.NewTask().Type, stage, failure, Complexity: decision.Complexity));

    public ValueTask DisposeAsync() => Recorder.DisposeAsync();
}
