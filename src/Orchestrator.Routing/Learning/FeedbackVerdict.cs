using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>What somebody says about finished work.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<FeedbackVerdict>))]
public enum FeedbackVerdict
{
    /// <summary>A verdict that this version does not know; it counts for nothing.</summary>
    Unknown = 0,

    /// <summary>A person found it right.</summary>
    Accepted,

    /// <summary>A person found it wrong.</summary>
    Rejected,

    /// <summary>Its pull request was merged.</summary>
    Merged,

    /// <summary>Its pull request was closed without a merge, or the merge was reverted.</summary>
    Reverted,
}
