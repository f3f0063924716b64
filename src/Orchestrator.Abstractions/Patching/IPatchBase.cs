namespace Orchestrator.Patching;

/// <summary>The files that a patch was made against, for a three-way merge: those of a commit, for example.</summary>
/// <remarks>Called from one thread at a time while a patch is planned. Failures to read are exceptions of <see cref="IOException"/>'s kind.</remarks>
public interface IPatchBase
{
    /// <summary>Names it in messages: a commit, for example.</summary>
    string Name { get; }

    /// <summary>Reads a file of the base.</summary>
    /// <param name="path">The path, relative to the root, with <c>/</c>.</param>
    /// <returns>Its bytes; <see langword="null"/> when the base has no such file.</returns>
    PatchContent? ReadFile(string path);

    /// <summary>Reads a file by git's object id.</summary>
    /// <param name="blob">The id in hexadecimal digits, possibly shortened.</param>
    /// <returns>Its bytes; <see langword="null"/> when there is none, or when it cannot be told from others.</returns>
    PatchContent? ReadBlob(string blob);
}
