using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Tests.Handlers;

public sealed class DecoratorTests
{
    [Fact]
    public async Task Decorators_surround_every_handler_the_first_added_outermost()
    {
        var trace = new List<string>();
        await using var queue = new TestQueue(configure: builder =>
        {
            builder.Services.AddSingleton(trace);
            builder.AddHandlerDecorator<Outer>().AddHandlerDecorator<Inner>().AddHandler("test", () => trace.Add("handler")).AddWorker();
        });
        await queue.StartAsync();

        await queue.EnqueueAsync("t1");
        await queue.FinishedAsync("t1");

        Assert.Equal(["outer", "inner", "handler", "inner done", "outer done"], trace);
    }

    [Fact]
    public async Task A_decorator_may_make_a_failure_of_an_exception()
    {
        await using var queue = new TestQueue(
            (_, _) => throw new TimeoutException("slow"), builder => builder.AddHandlerDecorator<Mapping>());
        await queue.StartAsync();

        await queue.EnqueueAsync("t1");

        Assert.Equal("unavailable", (await queue.FinishedAsync("t1")).Failure!.Code);
        Assert.DoesNotContain(queue.Logs.Entries, entry => entry.EventId.Id == 1103);
    }

    private sealed class Outer(List<string> trace) : ITaskHandlerDecorator
    {
        public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken) => TraceAsync(trace, "outer", context, next, cancellationToken);
    }

    private sealed class Inner(List<string> trace) : ITaskHandlerDecorator
    {
        public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken) => TraceAsync(trace, "inner", context, next, cancellationToken);
    }

    private sealed class Mapping : ITaskHandlerDecorator
    {
        public async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken)
        {
            try
            {
                return await next(context, cancellationToken);
            }
            catch (TimeoutException)
            {
                return TaskHandlerResult.Failed(new TaskFailure { Code = "unavailable", Message = "It took too long." });
            }
        }
    }

    private static async ValueTask<TaskHandlerResult> TraceAsync(List<string> trace, string name, TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken)
    {
        trace.Add(name);
        var result = await next(context, cancellationToken);
        trace.Add(name + " done");
        return result;
    }
}
