using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Tasks;

/// <summary>The kinds of source that a provider can declare to serve.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<SourceKind>))]
public enum SourceKind
{
    /// <summary>A kind that this version does not know.</summary>
    Unknown = 0,

    /// <summary>A directory on the machine that runs the orchestrator.</summary>
    Local,

    /// <summary>A branch of a GitHub repository.</summary>
    [JsonStringEnumMemberName("github")]
    GitHub,

    /// <summary>A build that does not exist yet; its work is committed to <c>factory/&lt;order-id&gt;</c> first.</summary>
    NewBuild,
}
