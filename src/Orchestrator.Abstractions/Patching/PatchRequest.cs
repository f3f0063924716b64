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

    /// <summary>Where the files can be read that the patch was made against; <see langword="null"/> for nowhere. Allows a three-way merge where a file has changed since.</summary>
    public IPatchBase? Base { get; init; }

    /// <summary>Hears how far a large application has come; called on the thread that works. <see langword="null"/> for nobody.</summary>
    public IProgress<PatchProgress>? Progress { get; init; }
}
