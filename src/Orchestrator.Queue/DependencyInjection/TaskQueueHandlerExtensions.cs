using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Queue;
using Orchestrator.Queue.DependencyInjection;
using Orchestrator.Queue.Handlers;
using Orchestrator.Queue.Workers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds handlers, and what is around them, to a queue. Whatever is wrong with one stops the host from starting, with a message that names it.</summary>
public static class TaskQueueHandlerExtensions
{
    /// <summary>Adds a handler as a singleton; adding it again does nothing.</summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static ITaskQueueBuilder AddHandler<THandler>(this ITaskQueueBuilder builder)
        where THandler : class, ITaskHandler
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ITaskHandler, THandler>());
        return builder;
    }

    /// <summary>Adds a typed handler, which is made anew in a scope of its own for every task unless it is registered already; adding it again does nothing.</summary>
    /// <typeparam name="TPayload">The payload.</typeparam>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="type">The type of task, see <see cref="TaskSubmission.Type"/>.</param>
    /// <param name="configure">How it reads and writes; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    public static ITaskQueueBuilder AddHandler<TPayload, THandler>(this ITaskQueueBuilder builder, string type, Action<TaskHandlerOptions>? configure = null)
        where THandler : class, ITaskHandler<TPayload>
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddScoped<THandler>();
        return builder.Add(type, typeof(THandler).FullName ?? typeof(THandler).Name, typeof(TypedHandler<TPayload, THandler>), configure, TypedHandler<TPayload, THandler>.Create);
    }

    /// <summary>
    /// Adds a delegate as a handler; adding the same one again does nothing, and two of one type stop the host from starting. Its parameters are found by their types: <see cref="TaskContext"/>, <see cref="QueuedTask"/>, <see cref="CancellationToken"/>,
    /// registered services (from a scope of its own for every task; keyed ones by <see cref="FromKeyedServicesAttribute"/>), and at most one other, which is the payload. It returns
    /// nothing, a <see cref="TaskHandlerResult"/>, or a value that becomes the task's result as JSON; each also as a <see cref="System.Threading.Tasks.Task"/> or <see cref="ValueTask"/>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="type">The type of task, see <see cref="TaskSubmission.Type"/>.</param>
    /// <param name="handler">The delegate.</param>
    /// <param name="configure">How it reads and writes; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    public static ITaskQueueBuilder AddHandler(this ITaskQueueBuilder builder, string type, Delegate handler, Action<TaskHandlerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(handler);
        return builder.Add(type, DelegateHandler.Name(handler.Method), handler, configure, (services, registration) => DelegateHandler.Create(handler, services, registration));
    }

    /// <summary>Adds a decorator around every handler, inside those that were added before; adding it again does nothing.</summary>
    /// <typeparam name="TDecorator">The decorator.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static ITaskQueueBuilder AddHandlerDecorator<TDecorator>(this ITaskQueueBuilder builder)
        where TDecorator : class, ITaskHandlerDecorator
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ITaskHandlerDecorator, TDecorator>());
        return builder;
    }

    /// <summary>Brings payloads of an older version to the next, before the handler reads them. From the oldest version that may still be in the queue, each needs one.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="type">The type of task.</param>
    /// <param name="fromVersion">The version it reads, from 1; it gives the next one.</param>
    /// <param name="upcast">Makes the newer payload of the older one. What it throws for a payload that is not as expected counts as <c>invalid_payload</c>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The version is below 1.</exception>
    public static ITaskQueueBuilder AddUpcaster(this ITaskQueueBuilder builder, string type, int fromVersion, Func<JsonElement, JsonElement> upcast)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentOutOfRangeException.ThrowIfLessThan(fromVersion, 1);
        ArgumentNullException.ThrowIfNull(upcast);
        builder.Services.AddSingleton(new TaskUpcaster(type, fromVersion, upcast));
        return builder;
    }

    private static ITaskQueueBuilder Add(
        this ITaskQueueBuilder builder,
        string type,
        string origin,
        object identity,
        Action<TaskHandlerOptions>? configure,
        Func<IServiceProvider, TaskHandlerRegistration, TaskHandlerCall> create)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        var added = builder.Services.Select(service => service.ImplementationInstance).OfType<TaskHandlerRegistration>();
        if (!added.Any(registration => registration.Type == type && registration.Identity.Equals(identity)))
        {
            var options = new TaskHandlerOptions();
            configure?.Invoke(options);
            if (new TaskHandlerOptionsValidator().Validate(type, options) is { Failed: true, Failures: var failures })
            {
                throw new OptionsValidationException(type, typeof(TaskHandlerOptions), failures);
            }

            builder.Services.AddSingleton(new TaskHandlerRegistration(type, origin, identity, options, create));
        }

        return builder;
    }
}
