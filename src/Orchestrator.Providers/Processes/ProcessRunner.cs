using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Processes;

/// <summary>Runs processes: no shell, exactly the given environment, our own clocks, confined writes, and nothing left running.</summary>
/// <remarks>
/// Thread-safe. A process is stopped with its polite signal, then everything that it started is killed: its control group where the system lets us make one, its
/// process group and tree and, on Linux, every process that carries the execution's mark or belongs to its session. <see cref="ProcessContainment"/> says what holds
/// on this system.
/// </remarks>
public sealed class ProcessRunner : IProcessRunner
{
    private readonly TimeProvider _time;
    private readonly ISecretRedactor? _redactor;
    private readonly ContainmentMeans? _means;

    /// <summary>Creates a runner.</summary>
    /// <param name="time">The clock of all time limits.</param>
    public ProcessRunner(TimeProvider time) => _time = time;

    /// <summary>Creates a runner that cuts nothing off in the middle of a secret.</summary>
    /// <param name="time">The clock of all time limits.</param>
    /// <param name="redactor">Takes the known secrets out of a line that has to be cut, before it is cut; see <see cref="ProcessExit.ErrorTail"/>.</param>
    public ProcessRunner(TimeProvider time, ISecretRedactor redactor) => (_time, _redactor) = (time, redactor);

    /// <summary>With other means than the system has.</summary>
    internal ProcessRunner(TimeProvider time, ContainmentMeans means) => (_time, _means) = (time, means);

    /// <summary>Runs a process.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="cancellationToken">Stops the process and everything it started; only then does the enumeration throw.</param>
    /// <returns>Lines as they come, then one item with how it ended. A reader that stops early has the process killed.</returns>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async IAsyncEnumerable<ProcessOutput> RunAsync(ProcessRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();

        var output = Channel.CreateBounded<ProcessOutput>(new BoundedChannelOptions(16) { SingleReader = true });
        var run = await SuperviseAsync(ProcessStarter.Start(request, _means ?? ProcessContainment.Detected), request, output).ConfigureAwait(false);
        await using var ending = run.ConfigureAwait(false);
        using var registration = cancellationToken.UnsafeRegister(static state => ((ProcessSupervision)state!).Stop(ProcessEnd.Cancelled), run);
        await foreach (var item in output.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (item.Exit is { End: ProcessEnd.Cancelled })
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            yield return item;
        }
    }

    private async ValueTask<ProcessSupervision> SuperviseAsync(StartedProcess started, ProcessRequest request, Channel<ProcessOutput> output)
    {
        try
        {
            return new ProcessSupervision(started, request, output, _time, _redactor);
        }
        catch
        {
            // A clock could not be set: nobody would ever end it.
            await started.KillAllAsync(request.ExecutionId).ConfigureAwait(false);
            started.Process.Dispose();
            throw;
        }
    }
}
