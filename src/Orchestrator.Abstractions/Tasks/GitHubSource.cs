using System.Text.Json.Serialization;

namespace Orchestrator.Tasks;

/// <summary>A branch of a repository on GitHub.</summary>
public sealed record GitHubSource : SourceContext
{
    /// <summary>The account or organisation, at most 39 characters.</summary>
    /// <exception cref="ArgumentException">The value is not a GitHub account name.</exception>
    public required string Owner { get; init => field = Require.Name(value); }

    /// <summary>The repository's name, at most 100 characters.</summary>
    /// <exception cref="ArgumentException">The value is not a repository name.</exception>
    public required string Repository { get; init => field = RepositoryName(value); }

    /// <summary>The branch to start from, without <c>refs/heads/</c>.</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public required string Branch { get; init => field = Require.Text(value, 255); }

    /// <inheritdoc/>
    [JsonIgnore]
    public override SourceKind Kind => SourceKind.GitHub;

    // Unlike other names, a repository may start with '.' or '_', as `.github` does.
    private static string RepositoryName(string value) =>
        Identifiers.IsName(value?.TrimStart('.', '_', '-')) && value.Length <= 100 && !value.Contains("..", StringComparison.Ordinal)
            ? value
            : throw new ArgumentException("Repository must be a GitHub repository name, such as 'orchestrator'.", nameof(value));
}
