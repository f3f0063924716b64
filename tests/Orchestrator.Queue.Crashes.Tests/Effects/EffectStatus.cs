namespace Orchestrator.Queue.Crashes.Tests.Effects;

/// <summary>What came of an effect.</summary>
internal enum EffectStatus
{
    /// <summary>It was had.</summary>
    Done,

    /// <summary>An earlier attempt had it already, and died before it could say so.</summary>
    WasThere,

    /// <summary>A newer token was shown: somebody else has the task.</summary>
    Refused,
}
