using System.Text.Json.Serialization;

namespace Orchestrator.Tasks;

/// <summary>A build that starts from nothing: its first work is committed to the branch <c>factory/&lt;order-id&gt;</c>.</summary>
public sealed record NewBuildSource : SourceContext
{
    /// <summary>The order that the build belongs to.</summary>
    /// <exception cref="ArgumentException">The value is not a valid identifier.</exception>
    public required string OrderId { get; init => field = Require.Name(value); }

    /// <inheritdoc/>
    [JsonIgnore]
    public override SourceKind Kind => SourceKind.NewBuild;
}
