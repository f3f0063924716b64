using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>Runs a typed handler in a scope of its own.</summary>
internal sealed class TypedHandler<TPayload, THandler>(IServiceScopeFactory scopes, PayloadReader reader)
    where THandler : class, ITaskHandler<TPayload>
{
    public static TaskHandlerCall Create(IServiceProvider services, TaskHandlerRegistration registration) =>
        new TypedHandler<TPayload, THandler>(services.GetRequiredService<IServiceScopeFactory>(), new PayloadReader(typeof(TPayload), registration)).HandleAsync;

    private async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
    {
        if (!reader.TryRead(context.Task, out var payload, out var failure))
        {
            return failure;
        }

        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(context, (TPayload)payload, cancellationToken).ConfigureAwait(false);
        }
    }
}
