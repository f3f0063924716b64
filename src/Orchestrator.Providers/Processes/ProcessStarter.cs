using System.ComponentModel;
using System.Diagnostics;

namespace Orchestrator.Providers.Processes;

/// <summary>Turns a request into a started process.</summary>
internal static class ProcessStarter
{
    private static readonly Lazy<string?> SetSid = new(() => OperatingSystem.IsLinux() ? new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists) : null);

    /// <summary>Whether processes get a session, and so a process group, of their own.</summary>
    public static bool HasOwnSession => SetSid.Value is not null;

    public static Process Start(ProcessRequest request)
    {
        var executable = request.Command.Executable;
        if (!Directory.Exists(request.WorkingDirectory))
        {
            throw new ProcessStartException(executable, $"the directory {request.WorkingDirectory} does not exist.");
        }

        var path = Executables.Find(executable, request.WorkingDirectory)
            ?? throw new ProcessStartException(executable, "there is no such program on PATH, or it may not be executed. Install it or name its full path.");
        var process = new Process { StartInfo = CreateStartInfo(request, path) };
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

            return process;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
        {
            process.Dispose();
            throw new ProcessStartException(executable, exception.Message, exception);
        }
        catch (ProcessStartException)
        {
            process.Dispose();
            throw;
        }
    }

    private static ProcessStartInfo CreateStartInfo(ProcessRequest request, string path)
    {
        var start = new ProcessStartInfo
        {
            // setsid runs the program in place of itself: the same process, in a session and group of its own.
            FileName = SetSid.Value ?? path,
            WorkingDirectory = request.WorkingDirectory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (HasOwnSession)
        {
            start.ArgumentList.Add(path);
        }

        foreach (var argument in request.Command.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in request.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[ProcessEnvironment.ExecutionMarker] = request.ExecutionId;
        return start;
    }
}
