using System.Collections.Concurrent;
using System.Globalization;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Model;

/// <summary>
/// Random programs of producers, workers, operators, clocks and accidents, by two processes on one database, against a simple model: every answer and every row
/// is compared after each step, and at the end of each program nothing may be left over and the books must be right.
/// </summary>
/// <remarks>
/// The seeds are fixed. <c>ORCHESTRATOR_MODEL_PROGRAMS</c> and <c>ORCHESTRATOR_MODEL_SEED</c> change how many programs run and where they start;
/// <c>ORCHESTRATOR_MODEL_REPLAY</c> runs the one program of a failure again.
/// </remarks>
public abstract class TaskModelConformanceTests
{
    private const int ProgramsPerDatabase = 200;

    /// <summary>Makes a new, empty database.</summary>
    protected abstract ModelDatabase Create();

    /// <summary>How many programs run.</summary>
    protected virtual int Programs => 10_000;

    /// <summary>How many programs run at once, each on a database of its own.</summary>
    protected virtual int Lanes => 3;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Random_programs_do_what_the_model_says()
    {
        if (Environment.GetEnvironmentVariable("ORCHESTRATOR_MODEL_REPLAY") is { Length: > 0 } replay)
        {
            await using var bench = new ModelBench(Create());
            Assert.Null((await bench.RunAsync(ModelProgram.Parse(replay), Cancel))?.Describe(0));
            return;
        }

        var failures = await RunAsync(Setting("ORCHESTRATOR_MODEL_SEED", 1), Setting("ORCHESTRATOR_MODEL_PROGRAMS", Programs), Create, new ModelShrinker(Create));

        Assert.True(failures.IsEmpty, string.Join(Environment.NewLine, failures));
    }

    [Fact]
    public async Task An_engine_that_lets_stale_tokens_through_is_found() => await FindAsync(store => new StaleTokenStore(store));

    [Fact]
    public async Task An_engine_that_loses_a_task_of_a_batch_is_found() => await FindAsync(store => new ForgetfulStore(store));

    [Fact]
    public async Task An_engine_that_gives_out_leases_for_longer_than_asked_is_found() => await FindAsync(store => new GenerousStore(store));

    private async Task FindAsync(Func<ITaskStore, ITaskStore> spoil) => Assert.NotEmpty(await RunAsync(1, 300, () => Spoil(spoil), null));

    private ModelDatabase Spoil(Func<ITaskStore, ITaskStore> spoil)
    {
        var database = Create();
        return database with { Open = OpenSpoiled };

        ModelProcess OpenSpoiled()
        {
            var process = database.Open();
            return process with { Store = spoil(process.Store) };
        }
    }

    /// <summary>Runs programs until one fails, and shrinks that.</summary>
    private async Task<ConcurrentBag<string>> RunAsync(int first, int count, Func<ModelDatabase> create, ModelShrinker? shrinker)
    {
        var failures = new ConcurrentBag<string>();
        var next = first - 1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Lanes, count)).Select(_ => Task.Run(LaneAsync, Cancel)));
        return failures;

        async Task LaneAsync()
        {
            for (var seed = 0; seed < first + count && failures.IsEmpty;)
            {
                await using var bench = new ModelBench(create());
                for (var run = 0; run < ProgramsPerDatabase && (seed = Interlocked.Increment(ref next)) < first + count && failures.IsEmpty; run++)
                {
                    if (await bench.RunAsync(ModelProgram.Create(seed), Cancel) is { } failure)
                    {
                        failures.Add((shrinker is null ? failure : await shrinker.ShrinkAsync(failure, Cancel)).Describe(seed));
                    }
                }
            }
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
