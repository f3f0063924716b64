using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>Makes a <see cref="TaskHandlerResult"/> of what a delegate returns: nothing, a result, or a value that becomes the task's result as JSON; each also as a task.</summary>
internal static class HandlerReturn
{
    public static Expression Convert(Expression called, TaskHandlerRegistration registration)
    {
        var type = called.Type;
        if (type == typeof(void))
        {
            return Expression.Block(called, Call(nameof(Nothing), null));
        }

        if (type == typeof(Task) || type == typeof(ValueTask))
        {
            return Call(nameof(NothingAsync), null, type == typeof(Task) ? Expression.New(typeof(ValueTask).GetConstructor([typeof(Task)])!, called) : called);
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var value = definition == typeof(Task<>) || definition == typeof(ValueTask<>) ? type.GetGenericArguments()[0] : type;
        var awaited = typeof(ValueTask<>).MakeGenericType(value);
        var pending = type == awaited ? called : Expression.New(awaited.GetConstructor([type])!, called);
        if (value == typeof(TaskHandlerResult))
        {
            return pending;
        }

        if (typeof(Task).IsAssignableFrom(value) || value == typeof(ValueTask))
        {
            throw DelegateHandler.Wrong(registration, $"returns {type.Name}, which is no result");
        }

        return Call(nameof(ValueAsync), value, pending, Expression.Constant(JsonOf(value, registration), typeof(JsonTypeInfo)));
    }

    private static JsonTypeInfo JsonOf(Type type, TaskHandlerRegistration registration)
    {
        try
        {
            return (registration.Options.PayloadType?.Options ?? registration.Options.Json).GetTypeInfo(type);
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            throw new InvalidOperationException($"The handler of '{registration.Type}' returns {type.Name}, which JSON cannot hold: {error.Message}", error);
        }
    }

    private static MethodCallExpression Call(string method, Type? type, params Expression[] arguments)
    {
        var found = typeof(HandlerReturn).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!;
        return Expression.Call(type is null ? found : found.MakeGenericMethod(type), arguments);
    }

    private static ValueTask<TaskHandlerResult> Nothing() => ValueTask.FromResult(TaskHandlerResult.Completed());

    private static async ValueTask<TaskHandlerResult> NothingAsync(ValueTask pending)
    {
        await pending.ConfigureAwait(false);
        return TaskHandlerResult.Completed();
    }

    private static async ValueTask<TaskHandlerResult> ValueAsync<T>(ValueTask<T> pending, JsonTypeInfo json)
    {
        var value = await pending.ConfigureAwait(false);
        return value is null ? TaskHandlerResult.Completed() : TaskHandlerResult.Completed(JsonSerializer.Serialize(value, json));
    }
}
