using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>Runs a delegate whose parameters are found by their types. Looked at once, when the worker starts.</summary>
internal sealed class DelegateHandler
{
    private readonly DelegateCall _call;
    private readonly PayloadReader? _reader;
    private readonly IServiceScopeFactory? _scopes;
    private readonly IServiceProvider _services;

    private DelegateHandler(DelegateCall call, PayloadReader? reader, IServiceScopeFactory? scopes, IServiceProvider services) =>
        (_call, _reader, _scopes, _services) = (call, reader, scopes, services);

    /// <summary>Finds out what each parameter is.</summary>
    /// <exception cref="InvalidOperationException">A parameter cannot be bound, two could be the payload, or the delegate returns something that is no result.</exception>
    public static TaskHandlerCall Create(Delegate handler, IServiceProvider services, TaskHandlerRegistration registration)
    {
        var method = handler.Method;
        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
        {
            throw Wrong(registration, "is async void; return a Task");
        }

        var binding = new ParameterBinding(services.GetService<IServiceProviderIsService>(), registration);
        var arguments = method.GetParameters().Select(binding.Bind).ToList();
        var reader = binding.Payload is { } payload ? new PayloadReader(payload, registration) : null;
        var called = Expression.Invoke(Expression.Constant(handler), arguments);
        var body = HandlerReturn.Convert(called, registration);
        var call = Expression.Lambda<DelegateCall>(body, ParameterBinding.Context, ParameterBinding.Services, ParameterBinding.PayloadObject, ParameterBinding.Token).Compile();
        var scopes = binding.UsesServices ? services.GetRequiredService<IServiceScopeFactory>() : null;
        return new DelegateHandler(call, reader, scopes, services).HandleAsync;
    }

    public static InvalidOperationException Wrong(TaskHandlerRegistration registration, string what) =>
        new($"The handler of '{registration.Type}' {what}.");

    /// <summary>What to call a delegate in messages.</summary>
    public static string Name(MethodInfo method) => $"{method.DeclaringType?.FullName ?? method.DeclaringType?.Name}.{method.Name}";

    private ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
    {
        object? payload = null;
        if (_reader is not null && !_reader.TryRead(context.Task, out payload, out var failure))
        {
            return ValueTask.FromResult(failure);
        }

        return _scopes is null ? _call(context, _services, payload, cancellationToken) : InScopeAsync(_scopes, context, payload, cancellationToken);
    }

    private async ValueTask<TaskHandlerResult> InScopeAsync(IServiceScopeFactory scopes, TaskContext context, object? payload, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await _call(context, scope.ServiceProvider, payload, cancellationToken).ConfigureAwait(false);
        }
    }
}
