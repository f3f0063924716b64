using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>A state directory, a home and a repository of their own for one test, and the command run on them.</summary>
internal sealed class CliRig : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public CliRig()
    {
        Directory.CreateDirectory(State);
        Directory.CreateDirectory(Home);
        // The SDK was used once before, as on every machine that can build: its very first run takes a lock in a folder that a confined agent may not write to.
        Directory.CreateDirectory(Path.Combine(Home, ".local", "share", "NuGet", "Migrations"));
        File.WriteAllText(Path.Combine(Home, ".local", "share", "NuGet", "Migrations", "1"), "");
        Environment["ORCHESTRATOR_STATE"] = State;
        Environment["HOME"] = Home;
        Environment["XDG_CONFIG_HOME"] = null;
        Environment["XDG_DATA_HOME"] = null;
        // The machine's package cache, or every test restores the world again.
        Environment["NUGET_PACKAGES"] = System.Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var secret in Orchestrator.Secrets.SecretNames.All)
        {
            Environment[secret] = null;
        }
    }

    public Dictionary<string, string?> Environment { get; } = new(StringComparer.Ordinal);

    public string Root => _directory.Path;

    public string State => Path.Combine(_directory.Path, "state");

    public string Home => Path.Combine(_directory.Path, "home");

    /// <summary>Writes a configuration file that the command is told of with <c>--config</c>.</summary>
    public string Configure(string json)
    {
        var path = Path.Combine(_directory.Path, "orchestrator.json");
        File.WriteAllText(path, json);
        return path;
    }

    public RunningProgram Start(params string[] arguments) => RunningProgram.Start(BuiltPrograms.Cli, Environment, arguments);

    /// <summary>Runs to the end and parses every line of standard output as JSON: a line that is none fails the test.</summary>
    public async Task<CliResult> RunAsync(params string[] arguments)
    {
        var token = TestContext.Current.CancellationToken;
        await using var program = Start([.. arguments, "--json"]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(TimeSpan.FromMinutes(5)); // A run that hangs fails its own test and no other.
        var exitCode = await program.WaitAsync(limit.Token);
        var lines = program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        return new CliResult(exitCode, lines, program.Output, program.Errors);
    }

    /// <summary>Everything that a run may leave behind and must not.</summary>
    public IEnumerable<string> Leaks()
    {
        foreach (var folder in new[] { "workspaces", "workers", "snapshots" })
        {
            var path = Path.Combine(State, folder);
            foreach (var entry in Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path) : [])
            {
                yield return entry;
            }
        }
    }

    /// <summary>Nothing of any run is left: no file beside what is kept on purpose, and no process.</summary>
    public void AssertNothingLeft()
    {
        Assert.Empty(Leaks());
        Assert.Empty(ProcessTable.ExecutionsBelow(Root));
    }

    /// <summary>The audit entries of a task, as <c>audit list</c> shows them.</summary>
    public async Task<IReadOnlyList<JsonElement>> AuditAsync(string taskId)
    {
        var result = await RunAsync("audit", "list", "--task", taskId);
        Assert.True(result.ExitCode == 0, result.ToString());
        return [.. result.Lines.Select(line => line.GetProperty("entry"))];
    }

    public void Dispose() => _directory.Dispose();
}
