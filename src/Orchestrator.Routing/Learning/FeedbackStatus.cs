using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>What became of a verdict.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<FeedbackStatus>))]
public enum FeedbackStatus
{
    /// <summary>Nothing: the verdict is not known.</summary>
    Ignored = 0,

    /// <summary>It was kept, and the router learned from it.</summary>
    Learned,

    /// <summary>It was kept; nothing was learned, because learning is frozen or the provider is not registered any more.</summary>
    Kept,

    /// <summary>The decision's work was found right, or wrong, before; nothing happened.</summary>
    AlreadyCounted,

    /// <summary>There is no such decision, or none any more.</summary>
    UnknownDecision,

    /// <summary>The decision led to no work: every provider was rejected, or it was a shadow's.</summary>
    NotCarriedOut,
}
