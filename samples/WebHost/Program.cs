using Orchestrator;
using Orchestrator.Auditing;
using Orchestrator.Hosting;
using Orchestrator.Queue;
using Orchestrator.Routing;
using Orchestrator.Tasks;

// A queue of agent tasks behind HTTP, on loopback. A real host adds authentication: whoever can post a task can change the repositories below Root.
var builder = WebApplication.CreateBuilder(args);
var root = Path.GetFullPath(builder.Configuration["Root"] ?? Environment.CurrentDirectory);
builder.Services
    .AddOrchestrator(options => options.StateDirectory = builder.Configuration["State"] ?? options.StateDirectory)
    .ConfigureProviders(providers => providers.AddDotnetFormat().AddCodex());

var app = builder.Build();

app.MapPost("/tasks", async (NewTask request, AgentTaskClient tasks, TimeProvider time, CancellationToken cancellationToken) =>
{
    var repository = Path.GetFullPath(Path.Combine(root, request.Repository));
    if (repository != root && !repository.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
    {
        return Results.BadRequest(new { error = "The repository must be below the configured root." });
    }

    var task = new AgentTask
    {
        Id = Identifiers.Create(time.GetUtcNow()),
        Type = request.Type,
        Instructions = request.Instructions,
        Source = new LocalSource { Path = repository },
        Provider = request.Provider,
        VerifyCommand = request.Verify is { } verify ? CommandLine.Parse(verify) : null,
        Output = TaskOutput.Branch,
    };
    var enqueued = await tasks.EnqueueAsync(task, cancellationToken);
    return Results.Accepted($"/tasks/{enqueued.TaskId}", enqueued);
});

app.MapGet("/tasks/{id}", async (string id, ITaskAdministration tasks, CancellationToken cancellationToken) =>
    await tasks.GetAsync(id, cancellationToken) switch
    {
        null => Results.NotFound(),
        { IsFinished: true } task => Results.Ok(AgentTaskReports.Of(task)),
        var task => Results.Ok(new { task.Id, State = task.State.ToString() }),
    });

app.MapGet("/tasks/{id}/audit", (string id, IOperationLog log, CancellationToken cancellationToken) =>
    log.ReadAsync(new OperationQuery { TaskId = id }, cancellationToken));

app.MapGet("/providers", (IProviderRegistry registry) => registry.Providers.Select(provider => provider.Descriptor));

app.Run();

/// <summary>What a caller posts.</summary>
internal sealed record NewTask(string Repository, string Instructions, AgentTaskType Type = AgentTaskType.Fix, string? Provider = null, string? Verify = null);
