using System.Text.Json.Serialization;

namespace Orchestrator.Tasks;

/// <summary>Where the code is that a task works on. This base type itself stands for a kind of source that this version does not know.</summary>
/// <remarks>Unsealed: the kinds are <see cref="LocalSource"/>, <see cref="GitHubSource"/> and <see cref="NewBuildSource"/>; only this assembly can add one.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(LocalSource), "local")]
[JsonDerivedType(typeof(GitHubSource), "github")]
[JsonDerivedType(typeof(NewBuildSource), "new_build")]
public record SourceContext
{
    [JsonConstructor]
    internal SourceContext()
    {
    }

    /// <summary>The kind of source, for filters.</summary>
    [JsonIgnore]
    public virtual SourceKind Kind => SourceKind.Unknown;
}
