using Orchestrator.Cli.Output;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>Leaves a request for a host and waits for what comes of it.</summary>
internal sealed class PoolRequester(IContainerPoolState state, CliContext context)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // A host that took it at the last moment still has to do it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <returns>The exit code.</returns>
    public async Task<int> AskAsync(PoolLine host, TimeSpan timeout, Func<PoolRequest, PoolRequest> fill, string done, CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();
        var request = fill(new PoolRequest
        {
            Id = Guid.CreateVersion7(now),
            Pool = host.Status.Pool,
            WorkerName = host.WorkerName,
            Kind = PoolRequestKind.Unknown,
            CreatedAt = now,
            ExpiresAt = now + timeout,
        });
        await state.AddRequestAsync(request, cancellationToken);
        var ended = await WaitAsync(request, cancellationToken);
        switch (ended.State)
        {
            case PoolRequestState.Done:
                context.Output.Write(new CliLine { Type = "changed", PoolRequest = ended, Message = done });
                return ExitCodes.Success;
            case PoolRequestState.Refused:
                context.Output.Error($"Worker {ended.WorkerName} refused: {ended.Message}");
                return ExitCodes.Failed;
            case PoolRequestState.Taken:
                context.Output.Error($"Worker {ended.WorkerName} has taken it and not said what came of it; it may be done. See: {ContainersCommand.SeeList}");
                return ExitCodes.Failed;
            default:
                context.Output.Error($"Worker {ended.WorkerName} did not take it in {timeout.TotalSeconds:0.###} s; it will not be done any more. Is its host running? See: {ContainersCommand.SeeList}");
                return ExitCodes.Failed;
        }
    }

    private async Task<PoolRequest> WaitAsync(PoolRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = context.Time.GetUtcNow();
            var current = await state.FindRequestAsync(request.Id, cancellationToken) ?? request;
            var isOver = current.State switch
            {
                PoolRequestState.Pending => now >= request.ExpiresAt,
                PoolRequestState.Taken => now >= request.ExpiresAt + Grace,
                _ => true,
            };
            if (isOver)
            {
                return current;
            }

            await Task.Delay(Interval, context.Time, cancellationToken);
        }
    }
}
