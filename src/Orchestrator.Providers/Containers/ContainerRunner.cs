using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orchestrator.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;

namespace Orchestrator.Providers.Containers;

/// <summary>Runs the program of one execution in its container, under the same clocks as on this machine.</summary>
internal sealed class ContainerRunner(ContainerServices services, ContainerLease lease, ContainerShare share) : IProcessRunner
{
    /// <summary>Whether the container was lost while the program ran.</summary>
    public bool IsLost { get; private set; }

    public async IAsyncEnumerable<ProcessOutput> RunAsync(ProcessRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryGive(request.Command.Executable))
        {
            IsLost = true;
            yield return new ProcessOutput(null, false, new ProcessExit { End = ProcessEnd.Lost, ExitCode = -1, Duration = TimeSpan.Zero, ErrorTail = "The container was gone before the program began." });
            yield break;
        }

        var forwarder = File.Exists(share.SocketPath)
            ? await ContainerForwarder.StartAsync(services, lease.EngineId, share.SocketPath, cancellationToken).ConfigureAwait(false)
            : null;
        try
        {
            var output = Channel.CreateBounded<ProcessOutput>(new BoundedChannelOptions(16) { SingleReader = true });
            var run = new ContainerSupervision(services, lease, request, output);
            await using var ending = run.ConfigureAwait(false);
            using var registration = cancellationToken.UnsafeRegister(static state => ((ContainerSupervision)state!).Stop(ProcessEnd.Cancelled), run);
            await foreach (var item in output.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                if (item.Exit is { End: ProcessEnd.Cancelled })
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                IsLost |= item.Exit is { End: ProcessEnd.Lost };
                yield return item;
            }
        }
        finally
        {
            if (forwarder is not null)
            {
                await forwarder.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <returns>Whether there is a container to give the files to still.</returns>
    private bool TryGive(string executable)
    {
        try
        {
            share.GiveToContainer();
            return true;
        }
        catch (WorkspaceException) when (!share.Exists)
        {
            return false;
        }
        catch (WorkspaceException exception)
        {
            throw new ProcessStartException(executable, exception.Message, exception);
        }
    }
}
