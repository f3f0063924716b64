namespace Orchestrator.Containers.Local;

/// <summary>Settings of the engine that runs instances as processes of this machine.</summary>
public sealed class ProcessEngineOptions
{
    /// <summary>The absolute path of the directory that holds what the engine knows, one directory an instance. Made when missing, for this user alone.</summary>
    /// <value>By default <c>orchestrator/instances</c> below the user's directory for local data.</value>
    /// <remarks>Several engines, also of several processes, may share it: each sees the same instances. It must be on a local disk.</remarks>
    public string StateDirectory { get; set; } = DefaultDirectory();

    /// <summary>Bytes that an instance's standard output, and as much again that its standard error, may hold on disk. The oldest half goes when it is exceeded.</summary>
    /// <value>8 MiB by default; at least 64 KiB.</value>
    /// <remarks>Kept by a living engine once every <see cref="PollInterval"/>; in between, and while none lives, the files grow.</remarks>
    public long MaxLogBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How often the engine looks for what others did to its instances: the end of those that an earlier process started, events, logs.</summary>
    /// <value>1 second by default; 10 milliseconds to 1 minute.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    private static string DefaultDirectory()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(string.IsNullOrEmpty(data) ? Path.GetTempPath() : data, "orchestrator", "instances");
    }
}
