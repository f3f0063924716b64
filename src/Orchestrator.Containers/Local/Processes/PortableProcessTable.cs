using System.ComponentModel;
using System.Diagnostics;

namespace Orchestrator.Containers.Local.Processes;

/// <summary>Processes as .NET shows them on every system: the program and what descends from it while its parent lives.</summary>
internal sealed class PortableProcessTable : IProcessTable
{
    /// <summary>Start times are of the wall clock here, which needs no name.</summary>
    public string Boot => "wall";

    public string? SessionTool => null;

    public long StartTimeOf(int processId)
    {
        using var process = Open(processId);
        return process is null ? 0 : StartTimeOf(process);
    }

    public bool Ask(ProcessRun run) =>
        !OperatingSystem.IsWindows() && (StartTimeOf(run.ProcessId) != run.StartTime || NativeCalls.Signal(run.ProcessId, NativeCalls.SigTerm));

    public bool Kill(ProcessRun run, bool wasSeen)
    {
        using var process = Open(run.ProcessId);
        if (process is null || StartTimeOf(process) != run.StartTime)
        {
            return false;
        }

        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself just now, or one of its children did.
        }

        return true;
    }

    public bool Freeze(ProcessRun run) => throw Unsupported("Freezing an instance");

    public void Thaw(ProcessRun run) => throw Unsupported("Letting a frozen instance go on");

    public ContainerUsage GetUsage(ProcessRun run) => throw Unsupported("Telling what an instance uses");

    private static ProcessEngineException Unsupported(string what) =>
        new(ProcessEngineException.Unsupported, $"{what} needs Linux when instances are processes. Run the orchestrator on Linux, or use the Docker engine.");

    private static Process? Open(int processId)
    {
        try
        {
            return processId > 0 ? Process.GetProcessById(processId) : null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static long StartTimeOf(Process process)
    {
        try
        {
            return process.HasExited ? 0 : process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerMillisecond;
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            return 0;
        }
    }
}
