using System.Threading.Channels;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Tests;

/// <summary>A handler that tells when it starts and works until the test lets it go on or the worker stops it.</summary>
internal sealed class HeldHandler
{
    private readonly Channel<TaskContext> _started = Channel.CreateUnbounded<TaskContext>();
    private readonly Channel<TaskHandlerResult> _results = Channel.CreateUnbounded<TaskHandlerResult>();

    public async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
    {
        await _started.Writer.WriteAsync(context, CancellationToken.None);
        return await _results.Reader.ReadAsync(cancellationToken);
    }

    public async Task<TaskContext> StartedAsync() => await _started.Reader.ReadAsync(TestQueue.Cancel);

    public void GoOn(TaskHandlerResult result) => _results.Writer.TryWrite(result);
}
