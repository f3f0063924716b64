namespace Orchestrator.Patching;

/// <summary>Looks at one file of a patch set before anything is written, and may refuse it, and with it the whole patch set.</summary>
/// <remarks>
/// Implementations are thread-safe: one instance serves every patch at once. They look at bytes in memory and write nothing. They are asked once a file, after every edit has found its
/// place, for dry runs as for applications. An exception that one throws reaches the caller of the patch manager; nothing was written then.
/// </remarks>
public interface IPatchValidator
{
    /// <summary>Its name, unlike all others; see <see cref="PatchValidators"/> for those that come with the package.</summary>
    string Name { get; }

    /// <summary>Looks at a file.</summary>
    /// <param name="file">The file as it is and as it would be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why the patch is refused: <see cref="PatchConflictCode.Invalid"/> unless another code says it better. Empty when there is nothing against it.</returns>
    IEnumerable<PatchConflict> Validate(PatchValidationContext file, CancellationToken cancellationToken);
}
