namespace Orchestrator.Patching;

/// <summary>A patch set and where to apply it.</summary>
public sealed record PatchRequest
{
    /// <summary>
    /// The id of this application, chosen by the caller and written down before the call: after a crash <see cref="IPatchManager.RecoverAsync"/> tells under it
    /// what became of the patch.
    /// </summary>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>The directory that the paths are relative to.</summary>
    public required string Root { get; init => field = Require.Text(value); }

    /// <summary>The patch set.</summary>
    public required PatchSet Patch { get; init => field = Require.NotNull(value); }
}
