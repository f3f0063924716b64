namespace Orchestrator.Containers.Local.State;

/// <summary>The places in an instance's directory.</summary>
internal sealed record InstanceDirectory(string Path)
{
    public string StateFile => System.IO.Path.Combine(Path, "instance.json");

    public string LockFile => System.IO.Path.Combine(Path, "lock");

    /// <summary>What the program printed on standard output.</summary>
    public string Output => System.IO.Path.Combine(Path, "output.log");

    /// <summary>What the program printed on standard error.</summary>
    public string Errors => System.IO.Path.Combine(Path, "errors.log");

    /// <summary>In what order the two grew.</summary>
    public string Order => System.IO.Path.Combine(Path, "order");

    /// <summary>Where the program starts, and its home.</summary>
    public string Work => System.IO.Path.Combine(Path, "work");

    /// <summary>Where its temporary files go.</summary>
    public string Temporary => System.IO.Path.Combine(Path, "tmp");

    /// <summary>Whether the instance is still there.</summary>
    public bool Exists => Directory.Exists(Path);

    /// <summary>Makes the places, for this user alone.</summary>
    public void Create()
    {
        foreach (var folder in (string[])[Path, Work, Temporary])
        {
            PrivateFiles.CreateDirectory(folder);
        }

        foreach (var file in (string[])[LockFile, Output, Errors, Order])
        {
            PrivateFiles.Write(file, []);
        }
    }
}
