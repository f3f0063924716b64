using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli;

/// <summary>The way of every local program: run it, redact each line, let its parser make events of them, end with exactly one outcome.</summary>
internal sealed class AgentProcessPipeline(IProcessRunner runner, ISecretRedactor redactor, TimeProvider time, ILogger<AgentProcessPipeline> logger)
{
    /// <summary>This machine as the place of an execution.</summary>
    public IAgentPlace Here(AgentExecution execution) => new MachinePlace(execution, runner);

    /// <summary>Runs the program on this machine. Cancellation throws once everything is dead.</summary>
    public IAsyncEnumerable<AgentEvent> RunAsync(string provider, ProcessRequest request, IAgentOutputParser parser, CancellationToken cancellationToken) =>
        RunAsync(provider, request, parser, runner, isContainer: false, cancellationToken);

    /// <summary>Runs the program where its execution is.</summary>
    public IAsyncEnumerable<AgentEvent> RunAsync(string provider, ProcessRequest request, IAgentOutputParser parser, IAgentPlace place, CancellationToken cancellationToken) =>
        RunAsync(provider, request, parser, place.Runner, place.IsContainer, cancellationToken);

    private async IAsyncEnumerable<AgentEvent> RunAsync(
        string provider, ProcessRequest request, IAgentOutputParser parser, IProcessRunner place, bool isContainer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LogStart(provider, request, isContainer);
        using var overstay = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time); // Stops a program that stays after its last words.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, overstay.Token);
        var output = place.RunAsync(request, stop.Token).GetAsyncEnumerator(stop.Token);
        await using var ending = output.ConfigureAwait(false);
        var isDone = false;
        while (true)
        {
            var (item, ended) = await NextAsync(provider, request, parser, output, cancellationToken).ConfigureAwait(false);
            if (ended is not null)
            {
                yield return Stamp(BoundedEvents.Bound(ended));
            }

            if (item is not { } told)
            {
                yield break;
            }

            foreach (var happened in Understand(provider, request, parser, told))
            {
                yield return Stamp(BoundedEvents.Bound(happened));
            }

            if (parser.IsDone && !isDone)
            {
                isDone = true;
                overstay.CancelAfter(request.Limits.Grace);
            }
        }
    }

    /// <summary>The next thing that the program did, or the event that comes instead: it was not started, or it was done and had to be stopped.</summary>
    private async ValueTask<(ProcessOutput? Item, AgentEvent? Ended)> NextAsync(
        string provider, ProcessRequest request, IAgentOutputParser parser, IAsyncEnumerator<ProcessOutput> output, CancellationToken cancellationToken)
    {
        try
        {
            return await output.MoveNextAsync().ConfigureAwait(false) ? (output.Current, null) : default;
        }
        catch (ProcessStartException exception)
        {
            return (null, new AgentFailed { Failure = new AgentFailure { Class = FailureClass.Unavailable, Message = redactor.Redact(exception.Message) } });
        }
        catch (OperationCanceledException) when (parser.IsDone && !cancellationToken.IsCancellationRequested)
        {
            logger.AgentProcessEnded(provider, request.ExecutionId, ProcessEnd.Cancelled, 0, request.Limits.Grace);
            return (null, parser.End(new ProcessExit { End = ProcessEnd.Exited, ExitCode = 0, Duration = TimeSpan.Zero, ErrorTail = "" }, ""));
        }
    }

    private IEnumerable<AgentEvent> Understand(string provider, ProcessRequest request, IAgentOutputParser parser, ProcessOutput output)
    {
        if (output.Exit is not { } exit)
        {
            return output.IsError ? [] : parser.Read(redactor.Redact(output.Line!));
        }

        logger.AgentProcessEnded(provider, request.ExecutionId, exit.End, exit.ExitCode, exit.Duration);
        if (exit.SurvivorsKilled > 0)
        {
            logger.SurvivorsKilled(provider, request.ExecutionId, exit.SurvivorsKilled);
        }

        var tail = redactor.Redact(exit.ErrorTail);
        return [exit.End == ProcessEnd.Exited ? parser.End(exit, tail)
            : exit.End is ProcessEnd.IdleTimeout or ProcessEnd.TotalTimeout && parser.IsDone ? parser.End(exit with { ExitCode = 0 }, tail)
            : Stopped(request, parser, exit, tail)];
    }

    private static AgentFailed Stopped(ProcessRequest request, IAgentOutputParser parser, ProcessExit exit, string tail)
    {
        var (failure, message) = exit.End switch
        {
            ProcessEnd.StartupTimeout => (FailureClass.StartupTimeout, $"It printed nothing for {request.Limits.Startup} after its start and was stopped."),
            ProcessEnd.IdleTimeout => (FailureClass.IdleTimeout, $"It printed nothing for {request.Limits.Idle} and was stopped."),
            ProcessEnd.TotalTimeout => (FailureClass.Timeout, $"It took longer than {request.Limits.Total} and was stopped."),
            ProcessEnd.Lost => (FailureClass.Crashed, "The container that it ran in was lost."),
            _ => (FailureClass.Cancelled, "It was cancelled."),
        };
        return new AgentFailed
        {
            Failure = new AgentFailure
            {
                Class = failure,
                Message = message,
                StatusCode = exit.ExitCode,
                Detail = tail.Length > 0 ? tail : null,
                Usage = parser.Usage,
                CostUsd = parser.CostUsd,
            },
        };
    }

    private AgentEvent Stamp(AgentEvent happened) => happened with { At = time.GetUtcNow() };

    private void LogStart(string provider, ProcessRequest request, bool isContainer)
    {
        if (isContainer)
        {
            logger.AgentProcessStarted(provider, request.ExecutionId, "in a container");
            return;
        }

        logger.AgentProcessStarted(provider, request.ExecutionId, WriteConfinement.Description);
        if (request.WritablePaths is null || !WriteConfinement.IsSupported)
        {
            logger.WritesNotConfined(provider, request.ExecutionId, request.WritablePaths is null ? "confinement is switched off for it" : WriteConfinement.Description);
        }
    }
}
