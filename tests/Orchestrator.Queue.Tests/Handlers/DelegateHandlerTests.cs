using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Tests.Handlers;

public sealed class DelegateHandlerTests
{
    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task Parameters_are_found_by_their_types()
    {
        var task = await RunAsync(
            async (TaskContext context, Greeting greeting, QueuedTask queued, IGreeter greeter, [FromKeyedServices("loud")] IGreeter loud, CancellationToken token) =>
            {
                await Task.Yield();
                return new Answer($"{greeter.Greet(greeting.Name)} {loud.Greet(queued.Id)} {context.FencingToken} {token.CanBeCanceled}");
            });

        Assert.Equal((QueuedTaskState.Completed, """{"text":"hello Ada HELLO t1 1 True"}"""), (task.State, task.Result));
    }

    [Fact]
    public async Task Services_are_of_a_scope_of_their_own_for_every_task_and_end_with_it()
    {
        var seen = new List<Scoped>();
        await using var queue = Queue((Scoped first, IServiceProvider services) =>
        {
            Assert.Same(first, services.GetRequiredService<Scoped>());
            Assert.False(first.IsDisposed);
            seen.Add(first);
        });
        await queue.StartAsync();
        foreach (var id in (string[])["t1", "t2"])
        {
            await EnqueueAsync(queue, id);
            await queue.FinishedAsync(id);
        }

        Assert.Equal(2, seen.Distinct().Count());
        Assert.All(seen, scoped => Assert.True(scoped.IsDisposed));
    }

    [Fact]
    public async Task A_delegate_may_return_nothing_a_value_or_a_result_now_or_later()
    {
        Assert.Null((await RunAsync(() => { })).Result);
        Assert.Null((await RunAsync(() => Task.CompletedTask)).Result);
        Assert.Null((await RunAsync(() => ValueTask.CompletedTask)).Result);
        Assert.Equal("7", (await RunAsync(() => 7)).Result);
        Assert.Equal("8", (await RunAsync(() => Task.FromResult(8))).Result);
        Assert.Equal("9", (await RunAsync(() => ValueTask.FromResult(9))).Result);
        Assert.Null((await RunAsync(() => (string?)null)).Result);
        Assert.Equal("1", (await RunAsync(() => TaskHandlerResult.Completed("1"))).Result);
        Assert.Equal("no", (await RunAsync(() => Task.FromResult(TaskHandlerResult.Failed(new TaskFailure { Code = "no", Message = "no" })))).Failure!.Code);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"name":{"marked":1}}""")]
    public async Task A_payload_that_cannot_be_read_fails_for_good_and_is_not_shown(string payload)
    {
        var task = await RunAsync((Greeting greeting) => greeting.Name, payload, maxAttempts: 5);

        Assert.Equal((QueuedTaskState.Discarded, "invalid_payload", 1), (task.State, task.Failure!.Code, task.Attempt));
        Assert.DoesNotContain("marked", task.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Greeting), task.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parameter_that_cannot_be_bound_stops_the_start_and_is_named()
    {
        await RefusedAsync((IUnknown unknown) => unknown, "'unknown' of type IUnknown");
        await RefusedAsync((Greeting first, Answer second) => (first, second), "'second' of type Answer", "'first'");
        await RefusedAsync(Referring, "'number'");
    }

    [Fact]
    public async Task A_delegate_whose_end_nobody_could_know_stops_the_start()
    {
        await RefusedAsync(Forgetting, "async void");
        await RefusedAsync(() => Task.FromResult(Task.CompletedTask), "no result");
    }

    [Fact]
    public async Task Two_handlers_of_one_type_stop_the_start()
    {
        await using var queue = new TestQueue(configure: builder => builder.AddHandler("greet", () => 1).AddHandler("greet", () => "two").AddWorker());

        var error = await Assert.ThrowsAsync<InvalidOperationException>(queue.StartAsync);

        Assert.Contains("'greet'", error.Message, StringComparison.Ordinal);
    }

    private static void Referring(ref int number) => number++;

    [Fact]
    public async Task The_same_delegate_is_added_once_and_another_of_the_same_code_stops_the_start()
    {
        var (one, other) = (Made("1"), Made("2"));
        await using var same = new TestQueue(configure: builder => builder.AddHandler("greet", one).AddHandler("greet", one).AddWorker());
        await same.StartAsync();
        await using var different = new TestQueue(configure: builder => builder.AddHandler("greet", one).AddHandler("greet", other).AddWorker());

        var error = await Assert.ThrowsAsync<InvalidOperationException>(different.StartAsync);

        Assert.Contains("several handlers", error.Message, StringComparison.Ordinal);
        Assert.Contains(typeof(DelegateHandlerTests).FullName!, error.Message, StringComparison.Ordinal);

        static Func<string> Made(string answer) => () => answer;
    }

    [AsyncStateMachine(typeof(int))]
    private static void Forgetting()
    {
        // As the compiler marks an async void method, which the conventions of this code do not allow even here.
    }

    private static TestQueue Queue(Delegate handler) => new(configure: builder =>
    {
        builder.Services.AddScoped<Scoped>().AddSingleton<IGreeter, Quiet>().AddKeyedSingleton<IGreeter, Loud>("loud");
        builder.AddHandler("greet", handler).AddWorker();
    });

    private static ValueTask<EnqueueResult> EnqueueAsync(TestQueue queue, string id, string payload = """{"name":"Ada"}""", int maxAttempts = 1) =>
        queue.Queue.EnqueueAsync(new TaskSubmission { Id = id, Type = "greet", Payload = payload, MaxAttempts = maxAttempts }, Cancel);

    private static async Task<QueuedTask> RunAsync(Delegate handler, string payload = """{"name":"Ada"}""", int maxAttempts = 1)
    {
        await using var queue = Queue(handler);
        await queue.StartAsync();
        await EnqueueAsync(queue, "t1", payload, maxAttempts);
        return await queue.FinishedAsync("t1");
    }

    private static async Task RefusedAsync(Delegate handler, params string[] words)
    {
        await using var queue = Queue(handler);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(queue.StartAsync);
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        Assert.Contains("'greet'", error.Message, StringComparison.Ordinal);
    }

    private interface IGreeter
    {
        string Greet(string name);
    }

    private interface IUnknown;

    private sealed record Greeting(string Name);

    private sealed record Answer(string Text);

    private sealed class Quiet : IGreeter
    {
        public string Greet(string name) => "hello " + name;
    }

    private sealed class Loud : IGreeter
    {
        public string Greet(string name) => "HELLO " + name;
    }

    private sealed class Scoped : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
