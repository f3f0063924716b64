namespace Orchestrator.Conformance.Model;

/// <summary>A database with two processes on it, on which programs run one after the other, each in a queue of its own.</summary>
internal sealed class ModelBench(ModelDatabase database) : IAsyncDisposable
{
    private readonly ModelProcess[] _processes = [database.Open(), database.Open()];
    private readonly ModelFeed _feed = new();
    private int _programs;

    public async Task<ModelFailure?> RunAsync(IReadOnlyList<ModelStep> steps, CancellationToken cancellationToken)
    {
        var run = new ModelRun(database, _processes, $"m{_programs++}.", cancellationToken);
        try
        {
            await ModelInterpreter.RunAsync(run, steps);
            await ModelEnding.RunAsync(run, _feed);
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new ModelFailure(steps, error is ModelMismatchException ? error.Message : error.ToString(), run.Trace);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.Close();
        }

        await database.DisposeAsync();
    }
}
