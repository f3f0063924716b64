using System.Diagnostics;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>The main job from the command line to the audit trail, on real repositories with real tools.</summary>
public sealed class MainJobTests : IDisposable
{
    private static readonly string[] OperationsOfASuccess =
    [
        "task.enqueued", "task.leased", "routing.decided", "execution.started", "execution.finished", "patch.collected", "patch.applied", "verification.finished", "task.finished",
    ];

    private readonly CliRig _rig = new();

    [Fact]
    public async Task The_bundled_repository_is_formatted_built_and_audited()
    {
        using var repository = SampleRepositories.Inventory();
        var head = repository.Head;

        var result = await _rig.RunAsync(
            "run", "--repo", repository.Path, "--task", "Bring the code into the form that .editorconfig asks for.", "--type", "refactor", "--provider", "dotnet-format", "--verify", "dotnet build");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("verified", result.Status);
        Assert.Equal(["Order.cs", "Stock.cs"], result.ChangedFiles.Order(StringComparer.Ordinal));
        Assert.Equal(" M Order.cs\n M Stock.cs\n", repository.Status());
        Assert.Equal(head, repository.Head);
        Assert.Equal(0, await RunDotnetAsync(repository.Path, "format", "--verify-no-changes"));
        await AssertAuditedAsync(result);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task A_badly_formatted_file_of_this_project_is_formatted_and_no_other()
    {
        const string File = "src/Orchestrator.Abstractions/BadlyFormatted.cs";
        using var folder = new TemporaryDirectory();
        var repository = CloneOfThisProject(folder);
        repository.Write(File, "namespace Orchestrator;\n\n/// <summary>Ugly.</summary>\npublic static class BadlyFormatted {\npublic   static int Two( ){ return 1+1 ; }\n}\n");
        repository.Commit("Add a badly formatted file");
        var config = _rig.ConfigureProviders(("format-file", ShellProviders.Command(null, "dotnet", "format", "whitespace", "--folder", ".", "--include", File)));

        var result = await _rig.RunAsync(
            "run", "--repo", repository.Path, "--task", "Format the file.", "--provider", "format-file", "--config", config,
            "--verify", $"dotnet format whitespace --folder . --verify-no-changes --include {File}");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal([File], result.ChangedFiles);
        Assert.Equal($" M {File}\n", repository.Status());
        Assert.Contains("    public static int Two() { return 1 + 1; }", repository.Read(File), StringComparison.Ordinal);
        await AssertAuditedAsync(result);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task Every_line_of_the_output_is_one_JSON_object_and_the_last_is_the_result()
    {
        using var repository = SampleRepositories.WithHello();
        var config = _rig.ConfigureShell("append", "echo more >> hello.txt");

        var result = await _rig.RunAsync("run", "--repo", repository.Path, "--task", "Append.", "--provider", "append", "--config", config, "--verify", "grep -q more hello.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("result", result.Lines[^1].GetProperty("type").GetString());
        Assert.Equal(0, result.Lines[^1].GetProperty("exit_code").GetInt32());
        Assert.All(result.Lines.SkipLast(1), line => Assert.Equal("event", line.GetProperty("type").GetString()));
        Assert.Equal(
            ["enqueued", "leased", "routed", "executing", "collected", "applying", "delivered", "verifying", "verified", "finished"], result.Steps.Distinct());
        Assert.Equal("append", result.Report.GetProperty("provider").GetString());
        Assert.Equal("", result.Errors);
        Assert.Equal(Path.Combine(_rig.State, "orchestrator.db"), result.Audit.GetProperty("database").GetString());
    }

    [Fact]
    public async Task Words_for_people_tell_what_was_decided_changed_and_verified()
    {
        using var repository = SampleRepositories.WithHello();
        var config = _rig.ConfigureShell("append", "echo more >> hello.txt");

        await using var program = _rig.Start("run", "--repo", repository.Path, "--task", "Append.", "--provider", "append", "--config", config, "--verify", "grep -q more hello.txt");
        var exitCode = await program.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, exitCode);
        Assert.Contains("append", program.Output, StringComparison.Ordinal);
        Assert.Contains("hello.txt", program.Output, StringComparison.Ordinal);
        Assert.Contains("grep -q more hello.txt", program.Output, StringComparison.Ordinal);
        Assert.Contains("orchestrator audit list --task", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_verify_command_the_result_is_applied_and_the_exit_code_says_unverified()
    {
        using var repository = SampleRepositories.WithHello();
        var config = _rig.ConfigureShell("append", "echo more >> hello.txt");

        var result = await _rig.RunAsync("run", "--repo", repository.Path, "--task", "Append.", "--provider", "append", "--config", config);

        Assert.True(result.ExitCode == 3, result.ToString());
        Assert.Equal("unverified", result.Status);
        Assert.Equal(SampleRepositories.Hello + "more\n", repository.Read("hello.txt"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task The_console_sample_works_without_arguments()
    {
        var temporary = Directory.CreateDirectory(Path.Combine(_rig.Root, "tmp")).FullName;
        _rig.Environment["TMPDIR"] = temporary;

        await using var program = RunningProgram.Start(BuiltPrograms.ConsoleHost, _rig.Environment, []);
        var exitCode = await program.WaitAsync(TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, program.Output + program.Errors);
        Assert.Contains("Status      Verified", program.Output, StringComparison.Ordinal);
        Assert.Contains("Changed     Stock.cs", program.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _rig.Dispose();

    private static GitRepository CloneOfThisProject(TemporaryDirectory folder)
    {
        Assert.SkipUnless(Path.Exists(RepositoryRoot.Combine(".git")), "These sources are not in a git repository.");
        var path = folder.Combine("clone");
        GitRepository.Open(RepositoryRoot.Path).Run("clone", "--quiet", RepositoryRoot.Path, path);
        return GitRepository.Open(path);
    }

    private async Task<int> RunDotnetAsync(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true };
        start.Environment["HOME"] = _rig.Home;
        using var dotnet = Process.Start(start)!;
        await dotnet.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await dotnet.WaitForExitAsync(TestContext.Current.CancellationToken);
        return dotnet.ExitCode;
    }

    private async Task AssertAuditedAsync(CliResult result)
    {
        var entries = await _rig.AuditAsync(result.TaskId);
        Assert.Equal(OperationsOfASuccess.Order(StringComparer.Ordinal), entries.Select(entry => entry.GetProperty("operation").GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(entries.Count, result.Audit.GetProperty("entries").GetInt64());

        var verified = await _rig.RunAsync("audit", "verify");
        Assert.Equal(0, verified.ExitCode);
        Assert.True(verified.Lines[0].GetProperty("chain").GetProperty("is_intact").GetBoolean());
    }
}
