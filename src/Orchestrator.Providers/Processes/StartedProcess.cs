using System.ComponentModel;
using System.Diagnostics;

namespace Orchestrator.Providers.Processes;

/// <summary>A process that runs, and what holds it.</summary>
/// <param name="Process">The process.</param>
/// <param name="Group">Its control group; <see langword="null"/> without.</param>
/// <param name="StartTime">When it started, as the kernel counts: nothing that it starts is older. 0 when that is not known.</param>
internal sealed record StartedProcess(Process Process, ControlGroup? Group, long StartTime)
{
    /// <summary>Kills the control group, the tree, the process group and everything that carries the mark, until a search finds nothing.</summary>
    /// <returns>How many there were beside the process itself.</returns>
    public async Task<int> KillAllAsync(string executionId)
    {
        var killed = new HashSet<int>(Group?.Members() ?? []);
        Group?.Kill();
        if (!Process.HasExited)
        {
            try
            {
                Process.Kill(entireProcessTree: Group is null);
            }
            catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
            {
                // It ended by itself just now, or one of its children did.
            }
        }

        var session = ProcessStarter.HasOwnSession ? Process.Id : 0;
        if (session > 0)
        {
            NativeProcesses.KillGroup(session);
        }

        killed.UnionWith(await OrphanedProcesses.EndAsync(executionId, session, StartTime, CancellationToken.None).ConfigureAwait(false));
        if (Group is not null)
        {
            await Group.RemoveAsync(CancellationToken.None).ConfigureAwait(false);
        }

        killed.Remove(Process.Id);
        return killed.Count;
    }
}
