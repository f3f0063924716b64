using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>The other commands, and the sample behind HTTP.</summary>
public sealed class CommandsTests : IDisposable
{
    private readonly CliRig _rig = new();
    private readonly GitRepository _repository = SampleRepositories.WithHello();

    [Fact]
    public async Task A_task_can_be_listed_shown_retried_and_cancelled()
    {
        var config = _rig.ConfigureShell("broken", "exit 9");
        var run = await _rig.RunAsync("run", "--repo", _repository.Path, "--task", "Break.", "--provider", "broken", "--config", config);
        var id = run.TaskId;

        var shown = await _rig.RunAsync("tasks", "show", id);
        var discarded = await _rig.RunAsync("tasks", "list", "--state-of", "discarded");
        var tooLate = await _rig.RunAsync("tasks", "cancel", id);
        var retried = await _rig.RunAsync("tasks", "retry", id);
        var waiting = await _rig.RunAsync("tasks", "list", "--state-of", "available");
        var cancelled = await _rig.RunAsync("tasks", "cancel", id);
        var after = await _rig.RunAsync("tasks", "show", id);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(id, shown.TaskId);
        Assert.Equal("failed", shown.Status);
        Assert.Equal(id, Assert.Single(discarded.Lines).GetProperty("task").GetProperty("id").GetString());
        Assert.Equal(1, tooLate.ExitCode);
        Assert.Contains("orchestrator tasks list", tooLate.FailureMessage, StringComparison.Ordinal);
        Assert.Equal(0, retried.ExitCode);
        Assert.Equal(id, Assert.Single(waiting.Lines).GetProperty("task").GetProperty("id").GetString());
        Assert.Equal(0, cancelled.ExitCode);
        Assert.Equal("cancelled", after.Lines[0].GetProperty("task").GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_retried_task_is_run_by_the_next_worker()
    {
        var broken = _rig.ConfigureShell("moody", "exit 9");
        var run = await _rig.RunAsync("run", "--repo", _repository.Path, "--task", "Try.", "--provider", "moody", "--config", broken);
        var mended = _rig.ConfigureShell("moody", "echo more >> hello.txt");

        var retried = await _rig.RunAsync("tasks", "retry", run.TaskId);
        var drained = await _rig.RunAsync("work", "--drain", "--config", mended);
        var shown = await _rig.RunAsync("tasks", "show", run.TaskId);

        Assert.Equal((1, 0, 0), (run.ExitCode, retried.ExitCode, drained.ExitCode));
        Assert.Equal("unverified", shown.Status);
        Assert.Equal(SampleRepositories.Hello + "more\n", _repository.Read("hello.txt"));
    }

    [Theory]
    [InlineData("show")]
    [InlineData("cancel")]
    [InlineData("retry")]
    public async Task A_task_that_there_is_not_is_named_and_the_list_pointed_to(string command)
    {
        var result = await _rig.RunAsync("tasks", command, "no-such-task");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("There is no task no-such-task; see: orchestrator tasks list", result.FailureMessage);
    }

    [Fact]
    public async Task Routing_is_explained_with_a_reason_for_every_provider_and_runs_nothing()
    {
        var config = _rig.ConfigureShell("writer", "echo more >> hello.txt", new JsonObject { ["capabilities"] = new JsonArray("edit", "instructions") });

        var result = await _rig.RunAsync("route", "--explain", "--repo", _repository.Path, "--task", "Write.", "--config", config);

        Assert.True(result.ExitCode == 0, result.ToString());
        var explanation = result.Lines[0].GetProperty("explanation");
        Assert.Equal("writer", explanation.GetProperty("decision").GetProperty("provider").GetString());
        var reasons = explanation.GetProperty("candidates").EnumerateArray().ToDictionary(candidate => candidate.GetProperty("provider").GetString()!, candidate => candidate.GetProperty("rejection").GetString());
        Assert.Equal("none", reasons["writer"]);
        Assert.NotEqual("none", reasons["dotnet-format"]);
        Assert.NotEqual("none", reasons["codex"]);
        Assert.Equal("", _repository.Status());
        Assert.Empty((await _rig.RunAsync("tasks", "list")).Lines);
    }

    [Fact]
    public async Task Routing_that_finds_nobody_ends_with_exit_code_1()
    {
        var result = await _rig.RunAsync("route", "--repo", _repository.Path, "--task", "Write.", "--requires", "telepathy");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(JsonValueKind.Object, result.Lines[0].GetProperty("explanation").GetProperty("decision").GetProperty("rejection").ValueKind);
    }

    [Fact]
    public async Task Providers_are_listed_with_their_health()
    {
        var config = _rig.ConfigureProviders(
            ("works", ShellProviders.Shell("true")),
            ("absent", ShellProviders.Command(new JsonObject { ["installHint"] = "Ask the bakery." }, "no-such-program")));

        var result = await _rig.RunAsync("providers", "--repo", _repository.Path, "--config", config);

        Assert.True(result.ExitCode == 0, result.ToString());
        var health = result.Lines.Select(line => line.GetProperty("provider")).ToDictionary(
            provider => provider.GetProperty("descriptor").GetProperty("name").GetString()!, provider => provider.GetProperty("health"));
        Assert.Equal(["absent", "claude", "codex", "copilot", "cursor", "dotnet-format", "gemini", "works"], health.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("healthy", health["works"].GetProperty("status").GetString());
        Assert.Equal("healthy", health["dotnet-format"].GetProperty("status").GetString());
        Assert.Equal("unhealthy", health["absent"].GetProperty("status").GetString());
        Assert.Contains("Ask the bakery.", health["absent"].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_shows_keys_by_name_only_and_how_to_get_what_is_missing()
    {
        _rig.Environment["CODEX_API_KEY"] = "sk-doctor-must-not-show-this";

        var result = await _rig.RunAsync("doctor");

        Assert.True(result.ExitCode == 0, result.ToString());
        var checks = result.Lines.Select(line => line.GetProperty("check")).ToDictionary(check => check.GetProperty("name").GetString()!);
        Assert.True(checks["git"].GetProperty("ok").GetBoolean());
        Assert.True(checks["state"].GetProperty("ok").GetBoolean());
        Assert.True(checks["CODEX_API_KEY"].GetProperty("ok").GetBoolean());
        Assert.False(checks["GITHUB_TOKEN"].GetProperty("ok").GetBoolean());
        Assert.Contains("export GITHUB_TOKEN=", checks["GITHUB_TOKEN"].GetProperty("fix").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sk-doctor", result.Output + result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_ends_with_exit_code_1_when_git_is_missing()
    {
        var bin = Directory.CreateDirectory(Path.Combine(_rig.Root, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "dotnet"), Engines.Require("dotnet"));
        _rig.Environment["PATH"] = bin;

        var result = await _rig.RunAsync("doctor");

        Assert.True(result.ExitCode == 1, result.ToString());
        var git = result.Lines.Select(line => line.GetProperty("check")).Single(check => check.GetProperty("name").GetString() == "git");
        Assert.False(git.GetProperty("ok").GetBoolean());
        Assert.Contains("https://git-scm.com", git.GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_posted_to_the_web_sample_ends_on_a_branch()
    {
        var token = TestContext.Current.CancellationToken;
        using var inventory = SampleRepositories.Inventory();
        var url = $"http://127.0.0.1:{FreePorts.Next()}";
        await using var program = RunningProgram.Start(
            BuiltPrograms.WebHost, _rig.Environment, ["--urls", url, "--Root", inventory.Path, "--State", _rig.State]);
        Assert.True(await program.WaitForLineAsync(line => line.Contains("Now listening on", StringComparison.Ordinal), token), program.Output + program.Errors);
        using var client = new HttpClient { BaseAddress = new Uri(url) };

        using var posted = await client.PostAsJsonAsync("/tasks", new { repository = ".", instructions = "Format.", type = "refactor", provider = "dotnet-format", verify = "dotnet build" }, token);
        var report = await PollAsync(client, posted.Headers.Location!, token);
        using var outside = await client.PostAsJsonAsync("/tasks", new { repository = "..", instructions = "Format." }, token);

        Assert.Equal(System.Net.HttpStatusCode.Accepted, posted.StatusCode);
        Assert.Equal("verified", report.GetProperty("status").GetString());
        Assert.Equal("Order.cs\nStock.cs\n", inventory.Run("diff", "--name-only", "main", report.GetProperty("branch").GetString()!));
        Assert.Equal("", inventory.Status());
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, outside.StatusCode);
    }

    public void Dispose()
    {
        _repository.Dispose();
        _rig.Dispose();
    }

    private static async Task<JsonElement> PollAsync(HttpClient client, Uri task, CancellationToken cancellationToken)
    {
        // Polling is what a client of HTTP has to do.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var answer = await client.GetFromJsonAsync<JsonElement>(task, cancellationToken);
            if (answer.TryGetProperty("status", out _))
            {
                return answer;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }
}
