using System.Globalization;

namespace Orchestrator.Providers.Processes;

/// <summary>Where this process may make control groups (cgroup v2): below its own one.</summary>
/// <remarks>
/// A group's name tells whose it is: the namespace of process ids, the id and the start of the process that made it, and the mark of the execution. So what a dead
/// process left is found, and what a living one uses is left alone. Thread-safe.
/// </remarks>
internal sealed class ControlGroups
{
    private const string Prefix = "orchestrator-";

    // The kernel takes killed processes down in its own time.
    private static readonly TimeSpan RemoveTime = TimeSpan.FromSeconds(2);

    private readonly string _parent;
    private readonly string _namespace;
    private readonly string _owner;
    private int _count;

    /// <summary>Makes groups below a directory, whether the kernel's or not.</summary>
    internal ControlGroups(string parent, string namespaceId)
    {
        _parent = parent;
        _namespace = namespaceId;
        _owner = $"{Prefix}{namespaceId}-{Environment.ProcessId}-{NativeProcesses.StartTimeOf(Environment.ProcessId)}-";
    }

    /// <summary>Finds out whether groups can be made here, by making one. Removes what dead processes left.</summary>
    /// <returns><see langword="null"/> where they cannot.</returns>
    public static ControlGroups? Detect()
    {
        try
        {
            if (!OperatingSystem.IsLinux() || OwnDirectory(File.ReadAllLines("/proc/self/mountinfo"), File.ReadAllLines("/proc/self/cgroup")) is not { } parent)
            {
                return null;
            }

            var groups = new ControlGroups(parent, NamespaceId());
            groups.RemoveLeftovers();
            return groups.Works() ? groups : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Makes a group for a process of an execution; <see langword="null"/> when the system refuses.</summary>
    public ControlGroup? Create(string executionId)
    {
        var directory = Path.Combine(_parent, $"{_owner}{ExecutionMark.Of(executionId):x}-{Interlocked.Increment(ref _count)}");
        try
        {
            Directory.CreateDirectory(directory);
            return new ControlGroup(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Ends what is left in groups of an execution, whoever made them, and removes them.</summary>
    /// <returns>The processes that were there.</returns>
    public async ValueTask<IReadOnlyList<int>> EndAsync(string executionId, CancellationToken cancellationToken)
    {
        var killed = new List<int>();
        var found = Directory.Exists(_parent) ? Directory.GetDirectories(_parent, $"{Prefix}{_namespace}-*-{ExecutionMark.Of(executionId):x}-*") : [];
        foreach (var directory in found)
        {
            var group = new ControlGroup(directory);
            killed.AddRange(group.Members());
            group.Kill();
            await group.RemoveAsync(cancellationToken).ConfigureAwait(false);
        }

        return killed;
    }

    /// <summary>The directory of this process' own group; <see langword="null"/> where there is no cgroup v2 that reaches it.</summary>
    internal static string? OwnDirectory(IEnumerable<string> mounts, IEnumerable<string> memberships)
    {
        var own = memberships.FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[3..];
        foreach (var mount in mounts)
        {
            // id parent device root mountpoint options… - type source options
            var fields = mount.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (own is null || separator < 5 || fields.ElementAtOrDefault(separator + 1) != "cgroup2")
            {
                continue;
            }

            var root = fields[3] == "/" ? "" : fields[3];
            if (own.Split('/').Contains("..") || !own.StartsWith(root, StringComparison.Ordinal) || fields[4].Contains('\\', StringComparison.Ordinal))
            {
                return null;
            }

            return Path.Combine(fields[4], own[root.Length..].TrimStart('/'));
        }

        return null;
    }

    /// <summary>The namespace of process ids that this process lives in.</summary>
    internal static string NamespaceId() => string.Concat((new FileInfo("/proc/self/ns/pid").LinkTarget ?? "").Where(char.IsAsciiDigit));

    /// <summary>Moving a process and killing a group are rights of their own; the way to know is to do it once.</summary>
    private bool Works()
    {
        if (Create("probe") is not { } group)
        {
            return false;
        }

        var start = new System.Diagnostics.ProcessStartInfo("/bin/sleep", "60") { UseShellExecute = false };
        using var probe = System.Diagnostics.Process.Start(start);
        try
        {
            var moved = probe is not null && group.TryAdd(probe.Id);
            group.Kill();
            return moved && probe!.WaitForExit(TimeSpan.FromSeconds(2));
        }
        finally
        {
            if (probe is { HasExited: false })
            {
                probe.Kill();
                probe.WaitForExit();
            }

            SpinWait.SpinUntil(group.TryRemove, RemoveTime);
        }
    }

    private void RemoveLeftovers()
    {
        foreach (var directory in Directory.GetDirectories(_parent, $"{Prefix}{_namespace}-*"))
        {
            var parts = Path.GetFileName(directory).Split('-');
            if (parts.Length == 6
                && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var owner)
                && long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var startTime)
                && NativeProcesses.StartTimeOf(owner) != startTime)
            {
                var group = new ControlGroup(directory);
                group.Kill();
                SpinWait.SpinUntil(group.TryRemove, RemoveTime);
            }
        }
    }
}
