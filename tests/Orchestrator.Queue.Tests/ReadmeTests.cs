using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Queue.Workers;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_readme_shows_code_that_compiles()
    {
        Assert.Empty(ReadmeSnippets.Stale(RepositoryRoot.Combine("src", "Orchestrator.Queue", "README.md"), RepositoryRoot.Combine("tests", "Orchestrator.Queue.Tests")));
    }

    [Fact]
    public async Task The_smallest_program_runs()
    {
        using var directory = new TemporaryDirectory();

        var task = await RunAsync([], directory.Combine("orchestrator.db"));

        Assert.Equal((QueuedTaskState.Completed, "\"Hello world\""), (task.State, task.Result));
    }

    private static async Task<QueuedTask> RunAsync(string[] args, string path)
    {
        #region snippet: queue-smallest
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddTaskQueue().UseSqlite(path).AddHandler<GreetHandler>().AddWorker();
        using var host = builder.Build();
        await host.StartAsync();

        var queue = host.Services.GetRequiredService<ITaskQueue>();
        var id = Identifiers.Create(TimeProvider.System.GetUtcNow());
        await queue.EnqueueAsync(new TaskSubmission { Id = id, Type = "greet", Payload = "\"world\"" });
        var task = await queue.WaitAsync(id);
        Console.WriteLine($"{task!.State}: {task.Result}");
        #endregion

        await host.StopAsync();
        return task;
    }

    #region snippet: queue-handler
    private sealed class GreetHandler : ITaskHandler
    {
        public string Type => "greet";

        public async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
        {
            await context.CheckpointAsync("""{"step":"greeting"}""", cancellationToken);
            return TaskHandlerResult.Completed($"\"Hello {context.Task.Payload.Trim('"')}\"");
        }
    }
    #endregion
}
