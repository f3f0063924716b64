namespace Orchestrator.Patching;

/// <summary>Reads patches, checks them and applies them all-or-nothing, so that a crash at any instruction leaves the tree old or new.</summary>
/// <remarks>Thread-safe. One application at a time writes to a root, also across processes.</remarks>
public interface IPatchManager
{
    /// <summary>Reads a patch. Nothing in it is trusted, and no file is opened.</summary>
    /// <param name="patch">The patch as it came. The patch set goes on using these bytes, which must not change any more.</param>
    /// <param name="taskId">The task that it answers.</param>
    /// <param name="format">Its form.</param>
    /// <returns>The patch set, or what is wrong and in which line.</returns>
    PatchParseResult Parse(ReadOnlyMemory<byte> patch, string taskId, PatchFormat format = PatchFormat.Auto);

    /// <summary>Writes what a patch set does to a tree in another form: as a git diff that <c>git apply</c> takes, for example.</summary>
    /// <param name="patch">The patch set.</param>
    /// <param name="root">The directory with the files before, which the context comes from.</param>
    /// <param name="format">The form; <see cref="PatchFormat.Auto"/> is <see cref="PatchFormat.UnifiedDiff"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The text; empty when the patch set does not fit the files.</returns>
    /// <exception cref="OrchestratorException">The form cannot say what the patch set does: a binary file in SEARCH/REPLACE blocks, for example.</exception>
    ValueTask<PatchContent> FormatAsync(PatchSet patch, string root, PatchFormat format, CancellationToken cancellationToken);

    /// <summary>Finds out what applying would do, with every conflict. Writes nothing.</summary>
    /// <param name="request">The patch set and the root.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The plan.</returns>
    ValueTask<PatchPlan> PlanAsync(PatchRequest request, CancellationToken cancellationToken);

    /// <summary>Applies all of it or nothing.</summary>
    /// <param name="request">The patch set and the root.</param>
    /// <param name="cancellationToken">Takes back what was written, and gives up.</param>
    /// <returns>What came of it.</returns>
    ValueTask<PatchApplication> ApplyAsync(PatchRequest request, CancellationToken cancellationToken);

    /// <summary>Takes an applied patch set back, byte for byte; files that somebody changed since are left alone and reported.</summary>
    /// <param name="root">The root.</param>
    /// <param name="applicationId">The id under which it was applied.</param>
    /// <param name="cancellationToken">Gives up before the first write; later it is not looked at.</param>
    /// <returns>What came of it.</returns>
    ValueTask<PatchApplication> RevertAsync(string root, string applicationId, CancellationToken cancellationToken);

    /// <summary>Finishes or takes back what a crash interrupted. Safe to call at any time; quick when there is nothing.</summary>
    /// <param name="root">The root.</param>
    /// <param name="cancellationToken">Gives up between two applications.</param>
    /// <returns>
    /// Every application that the journal knows: <see cref="PatchOutcome.Applied"/> and still there, <see cref="PatchOutcome.Rejected"/> when an interrupted
    /// one was taken back, <see cref="PatchOutcome.Reverted"/>, or <see cref="PatchOutcome.Conflicted"/>.
    /// </returns>
    ValueTask<ValueList<PatchApplication>> RecoverAsync(string root, CancellationToken cancellationToken);
}
