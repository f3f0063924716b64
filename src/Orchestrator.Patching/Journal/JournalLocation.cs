using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>Where the journals of a root are.</summary>
internal static class JournalLocation
{
    private const string GitFolder = "orchestrator/patches";

    /// <summary>The directory of a root's journals; it need not be there yet.</summary>
    public static string Find(IPatchFileSystem files, string root, string? configured)
    {
        if (configured is not null)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..16];
            return Path.Combine(files.Canonical(configured), hash);
        }

        var git = GitDirectory(files, Path.Combine(root, ".git"), root);
        return git is not null && SameVolume(files, git, root) ? Path.Combine(git, GitFolder) : Path.Combine(root, ".orchestrator/patches");
    }

    /// <summary>Makes the directory, and checks that it is fit.</summary>
    public static void Prepare(IPatchFileSystem files, string root, string directory)
    {
        // Before anything is made: a link in the tree must not lead us out of it.
        var isLed = files.GetEntry(Path.Combine(root, ".orchestrator")).Kind is not (EntryKind.Missing or EntryKind.Directory);
        try
        {
            if (!isLed && files.GetEntry(directory).Kind == EntryKind.Missing)
            {
                Make(files, directory);
                HideFromGit(files, root, directory);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PatchingException(PatchingException.JournalUnusable, $"The journal directory '{directory}' cannot be made.", innerException: error);
        }

        if (isLed || files.GetEntry(directory).Kind != EntryKind.Directory || !SameVolume(files, directory, root))
        {
            throw new PatchingException(
                PatchingException.JournalUnusable, $"The journal directory '{directory}' must be a directory, no link, on the same volume as the root.");
        }
    }

    private static void Make(IPatchFileSystem files, string directory)
    {
        if (files.GetEntry(directory).Kind != EntryKind.Missing)
        {
            return;
        }

        if (Path.GetDirectoryName(directory) is { } parent)
        {
            Make(files, parent);
        }

        try
        {
            files.CreateDirectory(directory);
        }
        catch (IOException) when (files.GetEntry(directory).Kind == EntryKind.Directory)
        {
            // Another applier was faster.
        }
    }

    private static void HideFromGit(IPatchFileSystem files, string root, string directory)
    {
        var ours = Path.Combine(root, ".orchestrator");
        var ignore = Path.Combine(ours, ".gitignore");
        if (!directory.StartsWith(ours, StringComparison.Ordinal) || files.GetEntry(ignore).Kind != EntryKind.Missing)
        {
            return;
        }

        try
        {
            using var file = files.CreateFile(ignore);
            file.Write(0, "*\n"u8);
        }
        catch (IOException) when (files.GetEntry(ignore).Kind == EntryKind.File)
        {
            // Another applier was faster.
        }
    }

    private static string? GitDirectory(IPatchFileSystem files, string dotGit, string root)
    {
        switch (files.GetEntry(dotGit).Kind)
        {
            case EntryKind.Directory:
                return dotGit;
            case EntryKind.File:
                var text = Encoding.UTF8.GetString(files.ReadFile(dotGit, 1 << 16)).Trim();
                if (!text.StartsWith("gitdir: ", StringComparison.Ordinal) || text.Contains('\n', StringComparison.Ordinal) || text.Contains('\0', StringComparison.Ordinal))
                {
                    return null;
                }

                var directory = files.Canonical(Path.GetFullPath(text["gitdir: ".Length..], root));
                return files.GetEntry(Path.Combine(directory, "HEAD")).Kind == EntryKind.File ? directory : null;
            default:
                return null;
        }
    }

    private static bool SameVolume(IPatchFileSystem files, string one, string other) =>
        files.GetEntry(one).Identity.Device == files.GetEntry(other).Identity.Device;
}
