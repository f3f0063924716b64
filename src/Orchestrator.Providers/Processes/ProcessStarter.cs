using System.ComponentModel;
using System.Diagnostics;

namespace Orchestrator.Providers.Processes;

/// <summary>Turns a request into a started process.</summary>
internal static class ProcessStarter
{
    private static readonly Lazy<string?> SetSid = new(() => OperatingSystem.IsLinux() ? new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists) : null);

    /// <summary>Whether processes get a session, and so a process group, of their own.</summary>
    public static bool HasOwnSession => SetSid.Value is not null;

    public static StartedProcess Start(ProcessRequest request, ContainmentMeans means)
    {
        var executable = request.Command.Executable;
        if (!Directory.Exists(request.WorkingDirectory))
        {
            throw new ProcessStartException(executable, $"the directory {request.WorkingDirectory} does not exist.");
        }

        var path = Executables.Find(executable, request.WorkingDirectory)
            ?? throw new ProcessStartException(executable, "there is no such program on PATH, or it may not be executed. Install it or name its full path.");
        var group = means.Groups?.Create(request.ExecutionId);
        string[] gate = group is null ? [] : StartGate.Prefix(request.Environment.Keys);
        var process = new Process { StartInfo = CreateStartInfo(request, [.. Marks(request, means), .. gate, path, .. request.Command.Arguments]) };
        try
        {
            if (request.WritablePaths is { } writable && WriteConfinement.IsSupported)
            {
                WriteConfinement.Start(process, writable);
            }
            else
            {
                process.Start();
            }
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException or ProcessStartException)
        {
            process.Dispose();
            group?.TryRemove();
            throw exception as ProcessStartException ?? new ProcessStartException(executable, exception.Message, exception);
        }

        if (group?.TryAdd(process.Id) == false)
        {
            // Not held by it: it must not be taken for the means to kill it.
            group.TryRemove();
            group = null;
        }

        if (gate.Length > 0)
        {
            StartGate.Open(process);
        }

        return new StartedProcess(process, group, NativeProcesses.StartTimeOf(process.Id));
    }

    /// <summary>setsid and prlimit run what follows them in place of themselves: the same process, in a session and group of its own, with the mark.</summary>
    private static IEnumerable<string> Marks(ProcessRequest request, ContainmentMeans means)
    {
        if (SetSid.Value is { } setSid)
        {
            yield return setSid;
        }

        foreach (var word in means.SetsMarks ? ExecutionMark.Prefix(request.ExecutionId) : [])
        {
            yield return word;
        }
    }

    private static ProcessStartInfo CreateStartInfo(ProcessRequest request, string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = request.WorkingDirectory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in request.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[ProcessEnvironment.ExecutionMarker] = request.ExecutionId;
        return start;
    }
}
