using Orchestrator.Containers.Health;
using Orchestrator.Containers.State;

namespace Orchestrator.Containers.Reconciling;

/// <summary>What a pool's loop is told. Everything that happens beside it arrives as one of these, so that one thread at a time knows and changes the pool.</summary>
internal abstract record PoolMessage;

/// <summary>A call about an instance ended.</summary>
internal sealed record ActionEnded(ManagedInstance Instance, InstanceActionKind Kind, ActionResult Result, TimeSpan Duration) : PoolMessage;

/// <summary>The removal of something that the pool does not know ended.</summary>
internal sealed record OrphanEnded(string EngineId, EngineFailure? Failure) : PoolMessage;

/// <summary>A full list ended.</summary>
/// <param name="Sequence">Where the pool stood when it was asked for: what was done since is not in it.</param>
/// <param name="Instances">The instances; null when it failed.</param>
/// <param name="Failure">Why it failed.</param>
internal sealed record ListEnded(long Sequence, ValueList<ContainerStatus>? Instances, EngineFailure? Failure) : PoolMessage;

/// <summary>The engine told of something.</summary>
internal sealed record EngineTold(ContainerEvent Event) : PoolMessage;

/// <summary>The stream of events began anew, or ended: events may have been missed.</summary>
internal sealed record WatchBroke(EngineFailure? Failure) : PoolMessage;

/// <summary>A probe ended.</summary>
internal sealed record ProbeEnded(ManagedInstance Instance, ProbeTrack Track, ProbeFinding Finding) : PoolMessage;

/// <summary>A person or a program asks for a number of instances.</summary>
internal sealed record ScaleAsked(int Instances) : PoolMessage;

/// <summary>A person or a program asks for a replacement.</summary>
internal sealed record RestartAsked(string Instance) : PoolMessage;

/// <summary>A person or a program wants an instance to go.</summary>
internal sealed record DrainAsked(string Instance) : PoolMessage;

/// <summary>A person or a program says how an instance shall weigh.</summary>
internal sealed record WeightAsked(string Instance, double Weight) : PoolMessage;

/// <summary>What earlier processes kept of the pool was read; null for nothing.</summary>
internal sealed record AccountRead(PoolAccount? Account) : PoolMessage;

/// <summary>Everything shall go, at once.</summary>
internal sealed record EmptyAsked : PoolMessage;

/// <summary>So much work waits elsewhere.</summary>
internal sealed record DemandTold(int Waiting) : PoolMessage;
