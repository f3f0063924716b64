namespace Orchestrator.Routing.Decisions;

/// <summary>The providers and settings that decisions were made with.</summary>
/// <param name="Digest">Names the content, at most 200 characters.</param>
/// <param name="Content">The configuration, as JSON. Never a secret.</param>
/// <param name="At">When it was used first. Stores keep whole milliseconds.</param>
public sealed record RoutingSnapshotRecord(string Digest, string Content, DateTimeOffset At)
{
    /// <summary>Names the content.</summary>
    /// <exception cref="ArgumentException">The value is empty, too long or holds a NUL character.</exception>
    public string Digest { get; init => field = Require.Text(value, 200); } = Require.Text(Digest, 200);

    /// <summary>The configuration, as JSON.</summary>
    /// <exception cref="ArgumentException">The value is empty or holds a NUL character.</exception>
    public string Content { get; init => field = Require.Text(value); } = Require.Text(Content);
}
