namespace Orchestrator.Conformance.Model;

/// <summary>Leaves steps out of a program that fails, as long as it still does.</summary>
internal sealed class ModelShrinker(Func<ModelDatabase> create)
{
    private const int MaxRuns = 200;

    private int _runs;

    public async Task<ModelFailure> ShrinkAsync(ModelFailure failure, CancellationToken cancellationToken)
    {
        for (var chunk = failure.Steps.Count / 2; chunk > 0;)
        {
            var smaller = await WithoutAsync(failure, chunk, cancellationToken);
            chunk = smaller is null ? chunk / 2 : Math.Min(chunk, smaller.Steps.Count);
            failure = smaller ?? failure;
        }

        return failure;
    }

    private async Task<ModelFailure?> WithoutAsync(ModelFailure failure, int chunk, CancellationToken cancellationToken)
    {
        for (var start = failure.Steps.Count - chunk; start >= 0 && _runs < MaxRuns; start -= chunk)
        {
            _runs++;
            List<ModelStep> rest = [.. failure.Steps.Take(start), .. failure.Steps.Skip(start + chunk)];
            await using var bench = new ModelBench(create());
            if (await bench.RunAsync(rest, cancellationToken) is { } smaller)
            {
                return smaller;
            }
        }

        return null;
    }
}
