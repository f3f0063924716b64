using System.Text.Json;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Tests.Commands.Containers;
using Orchestrator.Containers;
using Orchestrator.Testing;
using Spectre.Console;

namespace Orchestrator.Cli.Tests.Scenarios;

/// <summary>What <c>orchestrator containers top</c> shows of instances here and elsewhere, as words and as JSON.</summary>
public sealed class TopScenarioTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ManualTimeProvider _clock = new();
    private readonly UsageEngine _engine = new("docker");
    private readonly FixedState _state = new();

    public TopScenarioTests()
    {
        _state.Tell("here", _clock.GetUtcNow(), new PoolStatus
        {
            Pool = "agents",
            Desired = 4,
            Waiting = 2,
            CostUsd = 0.5m,
            IdleCostUsd = 0.25m,
            Problem = "3 of 4 take leases.",
            Instances =
            [
                Instance("agents-busy", "busy") with { State = InstanceState.Busy, Leases = 2 },
                Instance("agents-idle", "idle"),
                Instance("agents-gone", "gone") with { State = InstanceState.Unhealthy, Restarts = 1, Reason = "its leases failed" },
                new InstanceStatus { Name = "agents-made", State = InstanceState.Creating },
            ],
        });
        _state.Tell("there", _clock.GetUtcNow().AddMinutes(-3), new PoolStatus { Pool = "browsers", Desired = 1, Instances = [Instance("browsers-1", "elsewhere")] });
        _engine.Instances["busy"] = () => new ContainerUsage(1.25 * Since, 3L << 30, 41);
        _engine.Instances["idle"] = () => new ContainerUsage(TimeSpan.FromSeconds(1) + (0.004 * Since), 900 << 10, 2);
        _engine.Instances["gone"] = static () => null;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TimeSpan Since => _clock.GetUtcNow() - ManualTimeProvider.DefaultStart;

    [Fact]
    public async Task Once_it_takes_two_looks_and_shows_what_each_instance_uses()
    {
        using var words = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(words), Ansi = AnsiSupport.No });
        console.Profile.Width = int.MaxValue;
        using var json = new StringWriter();

        await ShowAsync(new ConsoleOutput(console, console));
        await ShowAsync(new JsonOutput(json));

        Assert.Equal(4, _engine.Calls.Count(static call => call == "usage busy"));
        Approved.Match($"$ orchestrator containers top --once\n{string.Join('\n', words.ToString().Split('\n').Select(static line => line.TrimEnd()))}", "Approved/top.txt");
        using var line = JsonDocument.Parse(json.ToString());
        Approved.Match(JsonSerializer.Serialize(line, Indented), "Approved/top.json");
    }

    [Fact]
    public async Task Where_nothing_can_be_asked_it_is_shown_at_once()
    {
        _engine.Before = static (_, _, _) => throw new OrchestratorException("scripted.away", "The engine is away.");
        var shown = new List<CliLine>();
        await using var usages = Usages();

        await Top(usages, new JsonOutput(TextWriter.Null)).ShowAsync(shown.Add, Cancel);

        Assert.Equal(0, _clock.ArmedTimers);
        Assert.All(Assert.Single(shown).Pools!.SelectMany(static pool => pool.Usage!), static usage => Assert.Equal(InstanceUsageLine.Unknown(usage.Instance), usage));
    }

    [Fact]
    public async Task A_table_that_goes_on_is_shown_in_its_time_while_an_engine_hangs_and_has_the_figures_once_they_come()
    {
        var gate = new TaskCompletionSource();
        _engine.Before = (_, _, _) => gate.Task;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var shown = new List<InstanceUsageLine>();
        await using var usages = Usages();

        var following = Top(usages, new JsonOutput(TextWriter.Null)).FollowAsync(Note, TimeSpan.FromSeconds(1), enough.Token);
        while (!following.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.Null(shown[0].MemoryBytes);
        Assert.Equal(3L << 30, shown[^1].MemoryBytes);

        void Note(CliLine line)
        {
            shown.Add(line.Pools![0].Usage![0]);
            gate.TrySetResult();
            if (shown[^1].MemoryBytes is not null)
            {
                enough.Cancel();
            }
        }
    }

    private static InstanceStatus Instance(string name, string id) =>
        new() { Name = name, State = InstanceState.Ready, EngineId = id, StartedAt = ManualTimeProvider.DefaultStart.AddSeconds(-3605) };

    private InstanceUsages Usages() => new([_engine], _clock, static work => work());

    private PoolTop Top(InstanceUsages usages, ICliOutput output) => new(_state, usages, new CliContext(output, null, null, _clock));

    private async Task ShowAsync(ICliOutput output)
    {
        await using var usages = Usages();
        var showing = output.LiveAsync(show => Top(usages, output).ShowAsync(show, Cancel));
        await _clock.WaitForTimerAsync(1, Cancel);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        await showing;
    }
}
