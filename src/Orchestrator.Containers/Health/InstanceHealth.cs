using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Health;

/// <summary>What is known of the health of one instance, from its probes, its leases and the engine's hint. Used by the pool's loop only.</summary>
internal sealed class InstanceHealth(ContainerPoolOptions options, Random random)
{
    private readonly PassiveHealth _passive = new(options.Passive);
    private ProbeTrack? _startup;
    private ProbeTrack? _readiness;
    private ProbeTrack? _liveness;
    private ContainerHealth _hint;
    private bool _passiveIsFine = true;

    /// <summary>Why the verdict is what it is.</summary>
    public string Reason { get; private set; } = "not looked at yet";

    /// <summary>Whether the leases' outcomes were fine at the last look.</summary>
    public bool IsPassiveFine => _passiveIsFine;

    /// <summary>Its program was started, or found running: everything has to be shown anew.</summary>
    public void Begin(PoolInstance instance)
    {
        _startup = Track(ContainerCheckKind.Startup, options.Startup, _startup);
        _readiness = Track(ContainerCheckKind.Readiness, options.Readiness, _readiness);
        _liveness = Track(ContainerCheckKind.Liveness, options.Liveness, _liveness);
        _passive.Reset(instance.Succeeded, instance.Failed);
        (_hint, _passiveIsFine, Reason) = (ContainerHealth.Unknown, true, "not looked at yet");
    }

    /// <summary>Takes what the engine's own check says. Probes of the pool decide where there are any; they are only asked sooner.</summary>
    public void Hint(ContainerHealth health)
    {
        if (health != _hint)
        {
            _hint = health;
            _readiness?.Hurry();
            if (health == ContainerHealth.Unhealthy)
            {
                _liveness?.Hurry();
            }
        }
    }

    /// <summary>When the next probe is due that can begin by itself.</summary>
    public TimeSpan NextDue => _startup is { Verdict: not true } ? _startup.NextDue
        : Earlier(_readiness?.NextDue ?? TimeSpan.MaxValue, _liveness?.NextDue ?? TimeSpan.MaxValue);

    /// <summary>Whether a probe is of the run that goes on.</summary>
    public bool Owns(ProbeTrack track) => track == _startup || track == _readiness || track == _liveness;

    /// <summary>The next probe to begin; null when none is due.</summary>
    public ProbeTrack? TakeDue(TimeSpan now)
    {
        if (_startup is { Verdict: not true })
        {
            return _startup.TryBegin(now) ? _startup : null;
        }

        return _readiness?.TryBegin(now) == true ? _readiness : _liveness?.TryBegin(now) == true ? _liveness : null;
    }

    public HealthVerdict Judge(TimeSpan now, PoolInstance instance)
    {
        _passiveIsFine = _passive.Judge(now, instance.Succeeded, instance.Failed);
        if (_startup is { Verdict: not true } startup)
        {
            return Say(startup.Verdict == false ? HealthVerdict.StartupFailed : HealthVerdict.Starting, startup, "startup");
        }

        if (_liveness is { Verdict: false } liveness)
        {
            return Say(HealthVerdict.Dead, liveness, "liveness");
        }

        if (_readiness is { IsBlocked: true } blocked)
        {
            return Say(HealthVerdict.NotWhole, blocked, "readiness");
        }

        if (_readiness is { Verdict: not true } readiness)
        {
            return Say(readiness.Verdict == false ? HealthVerdict.NotReady : HealthVerdict.Starting, readiness, "readiness");
        }

        return _readiness is null && _hint is ContainerHealth.Starting or ContainerHealth.Unhealthy ? SayHint() : SayPassive();
    }

    private HealthVerdict SayPassive()
    {
        Reason = _passiveIsFine ? "its checks pass" : "too many of its leases failed";
        return _passiveIsFine ? HealthVerdict.Ready : HealthVerdict.NotReady;
    }

    private HealthVerdict SayHint()
    {
        Reason = $"the engine's own health check says {(_hint == ContainerHealth.Starting ? "starting" : "unhealthy")}";
        return _hint == ContainerHealth.Starting ? HealthVerdict.Starting : HealthVerdict.NotReady;
    }

    private HealthVerdict Say(HealthVerdict verdict, ProbeTrack track, string probe)
    {
        if (verdict != HealthVerdict.Starting)
        {
            Reason = $"its {probe} probe failed: {track.Message}";
        }

        return verdict;
    }

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private ProbeTrack? Track(ContainerCheckKind kind, ContainerProbeOptions? probe, ProbeTrack? before) =>
        probe is null ? null : new ProbeTrack(kind, probe, random, before?.Remains);
}
