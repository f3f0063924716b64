using Orchestrator.Providers;

namespace Orchestrator.Routing.Health;

/// <summary>What a failure says about the health of the provider.</summary>
internal enum FailureEffect
{
    /// <summary>Nothing: the task, the caller or our own settings were the reason.</summary>
    None,

    /// <summary>One more failure in a row.</summary>
    Failure,

    /// <summary>No attempt will work until somebody does something.</summary>
    Fatal,

    /// <summary>The provider works, but not now.</summary>
    RateLimited,

    /// <summary>The plan or balance is used up.</summary>
    Quota,
}

/// <summary>The effect of each class of failure.</summary>
internal static class FailureEffects
{
    public static FailureEffect Of(FailureClass failure) => failure switch
    {
        FailureClass.Authentication => FailureEffect.Fatal,
        FailureClass.Quota => FailureEffect.Quota,
        FailureClass.RateLimited => FailureEffect.RateLimited,
        FailureClass.ProviderError or FailureClass.Unavailable or FailureClass.ModelNotFound
            or FailureClass.StartupTimeout or FailureClass.IdleTimeout or FailureClass.Timeout
            or FailureClass.Protocol or FailureClass.Crashed or FailureClass.Unknown => FailureEffect.Failure,
        _ => FailureEffect.None,
    };

    /// <summary>Whether a failure that became known at verification says something about the quality of the provider's work.</summary>
    public static bool SaysSomethingAboutQuality(FailureClass failure) =>
        failure is not (FailureClass.Cancelled or FailureClass.Configuration or FailureClass.RateLimited or FailureClass.Quota or FailureClass.Authentication
            or FailureClass.Unavailable or FailureClass.Budget);
}
