using System.Text.Json;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Patching;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd.Crashes;

/// <summary>A repository, an agent that changes some three hundred files of it, and a verify command, both of which a test can stop at a gate.</summary>
internal sealed class CrashRig : IDisposable
{
    /// <summary>What the other agent adds.</summary>
    public const string AddedFile = "added.txt";

    private const int FileCount = 300;
    private const string Step = "\"step\":\"";

    private readonly GitRepository _repository = GitRepository.Init();
    private readonly CrashScripts _scripts;

    public CrashRig()
    {
        for (var number = 0; number < FileCount; number++)
        {
            _repository.Write($"src/part{number % 7}/file{number:000}.txt", $"line one of {number}\nline two\n");
        }

        _repository.Write("old/gone.txt", "to be deleted\n");
        _repository.Write("old/moved.txt", "to be renamed\nwith\nsome\nlines\n");
        _repository.Write("tool.sh", "#!/bin/sh\nexit 0\n");
        _repository.Commit("start");
        _scripts = new CrashScripts(Cli.Root, Repository);
        Before = _repository.Tree();
        After = NewTree();
        _scripts.Forget();
        Config = Cli.Configure(JsonSerializer.Serialize(new
        {
            maxRemediations = 0,
            providers = new
            {
                editor = new { command = _scripts.Agent, writablePaths = new[] { _scripts.AgentFolder } },
                adder = new { command = (string[])["/bin/sh", "-c", $"echo added > {AddedFile}"] },
            },
        }));
    }

    public CliRig Cli { get; } = new();

    public string Config { get; }

    public string Repository => _repository.Path;

    public IReadOnlyDictionary<string, FileState> Before { get; }

    public IReadOnlyDictionary<string, FileState> After { get; }

    public CrashGate AgentGate => _scripts.AgentGate;

    public CrashGate VerifyGate => _scripts.VerifyGate;

    /// <summary>How often the agent was started.</summary>
    public int AgentRuns => _scripts.AgentRuns;

    public IReadOnlyDictionary<string, FileState> Tree() => _repository.Tree();

    public void VerifyEndsWith(int exitCode) => _scripts.VerifyEndsWith(exitCode);

    public RunningProgram Run(params string[] more) =>
        Cli.Start(["run", "--repo", Repository, "--task", "Change everything.", "--provider", "editor", "--verify", _scripts.Verify, "--config", Config, "--json", .. more]);

    /// <summary>Runs the other agent, which adds one file, on a repository.</summary>
    public RunningProgram RunAdder(string repository) =>
        Cli.Start("run", "--repo", repository, "--task", "Add a file.", "--provider", "adder", "--verify", $"test -f {AddedFile}", "--allow-dirty", "--config", Config, "--json");

    public RunningProgram Work() => Cli.Start("work", "--config", Config, "--json");

    /// <summary>Waits until the program tells of a step; fails when it ends before.</summary>
    public static async Task ReachAsync(RunningProgram program, string step)
    {
        var reached = await program.WaitForLineAsync(line => line.Contains(Step + step + '"', StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.True(reached, $"The program ended before '{step}':\n{program.Output}\n{program.Errors}");
    }

    /// <summary>Waits until one of the edited files, chosen by the seed, is seen to be written: others are not yet.</summary>
    public void WaitForWrite(int seed)
    {
        var files = Before.Keys.Where(path => path.StartsWith("src/", StringComparison.Ordinal)).ToArray();
        var path = Path.Combine(Repository, files[SeededRandom.Create(seed).Next(files.Length)]);
        var length = new FileInfo(path).Length;
        SpinWait.SpinUntil(() => new FileInfo(path) is { Exists: true } now && now.Length != length);
    }

    /// <summary>What a user does after a crash; then everything must be in order, whatever became of the task.</summary>
    public async Task<SettledTask> DrainAsync()
    {
        var drained = await Cli.RunAsync("work", "--drain", "--config", Config);
        Assert.True(drained.ExitCode == 0, drained.ToString());
        return await SettledAsync();
    }

    /// <summary>Everything that holds once no orchestrator runs any more.</summary>
    public async Task<SettledTask> SettledAsync()
    {
        var listed = await Cli.RunAsync("tasks", "list", "--config", Config);
        var task = Assert.Single(listed.Lines).GetProperty("task");
        var tree = Tree();
        var isNew = TreeState.Difference(After, tree).Length == 0;
        Assert.True(isNew || TreeState.Difference(Before, tree).Length == 0, $"The tree is neither old nor new. Against the old one:\n{TreeState.Difference(Before, tree)}");
        Assert.True(isNew || _repository.Status().Length == 0, _repository.Status());
        _repository.Run("fsck", "--full");
        Assert.Empty(Cli.Leaks());
        var trees = Path.Combine(Cli.State, "trees");
        Assert.Empty(Directory.Exists(trees) ? Directory.GetFiles(trees, "*.json") : []);
        Assert.Empty(CrashProcesses.Marked(Cli.Root));
        var audit = await Cli.RunAsync("audit", "verify", "--config", Config);
        Assert.True(audit.ExitCode == 0, audit.ToString());

        // No journal is in progress: there is nothing left to recover.
        await new PatchManager().RecoverAsync(Repository, TestContext.Current.CancellationToken);
        Assert.Equal("", TreeState.Difference(tree, Tree()));
        var shown = await Cli.RunAsync("tasks", "show", task.GetProperty("id").GetString()!, "--config", Config);
        return new SettledTask(task.GetProperty("state").GetString()!, isNew, shown);
    }

    public void Dispose()
    {
        CrashProcesses.Kill(Cli.Root);
        _repository.Dispose();
        Cli.Dispose();
    }

    private IReadOnlyDictionary<string, FileState> NewTree()
    {
        var copy = Path.Combine(Cli.Root, "copy");
        _repository.Run("clone", "--quiet", Repository, copy);
        _scripts.RunAgentIn(copy);
        return TreeState.Read(copy);
    }
}

/// <summary>What became of the one task, and whether the tree is the new one.</summary>
internal sealed record SettledTask(string State, bool IsNew, CliResult Shown);
