namespace Orchestrator.Patching;

/// <summary>A fault of the machinery beneath a patch: a journal that cannot be used, or a tree that could not be put back yet.</summary>
/// <remarks>What is wrong with a patch itself is a <see cref="PatchConflict"/>, never an exception.</remarks>
public sealed class PatchingException : OrchestratorException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">A stable identifier: one of the constants of this class.</param>
    /// <param name="message">What happened, and what to do about it.</param>
    /// <param name="isTransient">Whether the same call may succeed later.</param>
    /// <param name="innerException">The fault underneath, or <see langword="null"/>.</param>
    public PatchingException(string code, string message, bool isTransient = false, Exception? innerException = null)
        : base(code, message, innerException) => IsTransient = isTransient;

    /// <summary>An interrupted application could not be taken back, because the system refused a read or write. <see cref="IPatchManager.RecoverAsync"/> finishes it.</summary>
    public const string RecoveryFailed = "patching.recovery_failed";

    /// <summary>An application to the root was interrupted, so that its files are neither old nor new. <see cref="IPatchManager.RecoverAsync"/> settles it; only then can be planned what a patch would do.</summary>
    public const string RecoveryNeeded = "patching.recovery_needed";

    /// <summary>The journal directory cannot be used: it cannot be made, is a link, or is on another volume than the root.</summary>
    public const string JournalUnusable = "patching.journal_unusable";

    /// <summary>Another process held the root for longer than <see cref="PatchOptions.LockTimeout"/>.</summary>
    public const string RootLocked = "patching.root_locked";

    /// <summary>The root is not a directory.</summary>
    public const string RootMissing = "patching.root_missing";

    /// <summary>The form that a patch set shall be written in cannot say what it does: delete a file by SEARCH/REPLACE blocks, for example. Another form can; a git diff says everything.</summary>
    public const string FormatInsufficient = "patching.format_insufficient";

    /// <inheritdoc/>
    public override bool IsTransient { get; }
}
