namespace Orchestrator.Containers.Reconciling;

/// <summary>Why a call of the engine failed.</summary>
/// <param name="Code">The engine's own stable code, or one of the constants.</param>
/// <param name="Message">For people.</param>
/// <param name="IsTransient">Whether the same call may succeed later with nothing changed.</param>
internal readonly record struct EngineFailure(string Code, string Message, bool IsTransient)
{
    /// <summary>It took longer than the pool allows; whether it was carried out is not known.</summary>
    public const string TimedOut = "container.timed_out";

    /// <summary>The engine threw what it should not.</summary>
    public const string Unexpected = "container.engine_fault";

    public static EngineFailure From(Exception error) => error switch
    {
        TimeoutException or OperationCanceledException => new(TimedOut, "The engine did not answer in time.", IsTransient: true),
        OrchestratorException known => new(known.Code, known.Message, known.IsTransient),
        _ => new(Unexpected, $"The engine broke with {error.GetType().Name}.", IsTransient: true),
    };

    public override string ToString() => $"{Code}: {Message}";
}
