namespace Orchestrator.Testing;

/// <summary>A new empty folder under the system's temporary folder, deleted with all it holds on disposal.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public TemporaryDirectory()
    {
        // A link in the path of the temporary folder would make paths that git prints differ from ours.
        var made = Directory.CreateTempSubdirectory("orchestrator-");
        Path = made.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? made.FullName;
    }

    /// <summary>The folder's absolute path.</summary>
    public string Path { get; }

    /// <summary>The absolute path of something in the folder; the folder above it is made when missing.</summary>
    public string Combine(params ReadOnlySpan<string> parts)
    {
        var path = System.IO.Path.Combine([Path, .. parts]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Writes a text file, making folders as needed, and returns its absolute path.</summary>
    public string Write(string relativePath, string text)
    {
        var path = Combine(relativePath);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Deletes the folder, read-only files included. What is already gone is no error.</summary>
    public void Dispose()
    {
        if (!Directory.Exists(Path))
        {
            return;
        }

        MakeWritable(new DirectoryInfo(Path));
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A process that the test started may still have been tidying up.
        }
    }

    private static void MakeWritable(DirectoryInfo folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            folder.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null)
            {
                continue;
            }

            if (entry is DirectoryInfo below)
            {
                MakeWritable(below);
            }
            else if (entry.Attributes.HasFlag(FileAttributes.ReadOnly))
            {
                entry.Attributes &= ~FileAttributes.ReadOnly;
            }
        }
    }
}
