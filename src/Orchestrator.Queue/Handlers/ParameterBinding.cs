using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>Finds where the parameters of one delegate come from: the context, the task, the token, services, and at most one payload.</summary>
internal sealed class ParameterBinding(IServiceProviderIsService? known, TaskHandlerRegistration registration)
{
    public static readonly ParameterExpression Context = Expression.Parameter(typeof(TaskContext), "context");
    public static readonly ParameterExpression Services = Expression.Parameter(typeof(IServiceProvider), "services");
    public static readonly ParameterExpression PayloadObject = Expression.Parameter(typeof(object), "payload");
    public static readonly ParameterExpression Token = Expression.Parameter(typeof(CancellationToken), "cancellationToken");

    private static readonly MethodInfo GetService =
        typeof(ServiceProviderServiceExtensions).GetMethod(nameof(ServiceProviderServiceExtensions.GetRequiredService), 1, [typeof(IServiceProvider)])!;

    private static readonly MethodInfo GetOptional =
        typeof(ServiceProviderServiceExtensions).GetMethod(nameof(ServiceProviderServiceExtensions.GetService), 1, [typeof(IServiceProvider)])!;

    private static readonly MethodInfo GetKeyed =
        typeof(ServiceProviderKeyedServiceExtensions).GetMethod(nameof(ServiceProviderKeyedServiceExtensions.GetRequiredKeyedService), 1, [typeof(IServiceProvider), typeof(object)])!;

    private string? _payloadName;

    /// <summary>The payload's type; <see langword="null"/> when no parameter takes it.</summary>
    public Type? Payload { get; private set; }

    public bool UsesServices { get; private set; }

    public Expression Bind(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type.IsByRef || type.IsPointer || type.IsByRefLike)
        {
            throw Unbound(parameter, "is passed by reference");
        }

        return type switch
        {
            _ when type == typeof(TaskContext) => Context,
            _ when type == typeof(QueuedTask) => Expression.Property(Context, nameof(TaskContext.Task)),
            _ when type == typeof(CancellationToken) => Token,
            _ when type == typeof(IServiceProvider) => Service(Services),
            _ when parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed => Service(
                Expression.Call(GetKeyed.MakeGenericMethod(type), Services, Expression.Constant(keyed.Key, typeof(object)))),
            _ when known?.IsService(type) == true => Service(Expression.Call(GetService.MakeGenericMethod(type), Services)),
            _ when parameter.HasDefaultValue && (type.IsInterface || type.IsAbstract) => Service(Expression.Call(GetOptional.MakeGenericMethod(type), Services)),
            _ when type.IsInterface || type.IsAbstract => throw Unbound(parameter, "is no registered service, and cannot be the payload because it is abstract"),
            _ => AsPayload(parameter),
        };
    }

    private MethodCallExpression Service(MethodCallExpression expression)
    {
        UsesServices = true;
        return expression;
    }

    private ParameterExpression Service(ParameterExpression expression)
    {
        UsesServices = true;
        return expression;
    }

    private UnaryExpression AsPayload(ParameterInfo parameter)
    {
        if (Payload is not null)
        {
            throw Unbound(parameter, $"is no registered service, and the payload is '{_payloadName}' already");
        }

        (Payload, _payloadName) = (parameter.ParameterType, parameter.Name);
        return Expression.Convert(PayloadObject, parameter.ParameterType);
    }

    private InvalidOperationException Unbound(ParameterInfo parameter, string why) =>
        DelegateHandler.Wrong(registration, $"has a parameter '{parameter.Name}' of type {parameter.ParameterType.Name} that cannot be bound: it {why}");
}
