using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>The verify command in containers of a real Docker Engine: what an agent wrote runs nowhere else.</summary>
[Trait("Engine", "Docker")]
public sealed class ContainerVerifyTests : IAsyncLifetime
{
    private const string Changed = "line one\nline two BY SHELL\nline three\n";
    private const string Waits = "sh -c \"touch begun; while [ ! -e proceed ]; do sleep 0.1; done; grep -q SHELL hello.txt\"";

    private ContainerRig? _rig;

    private ContainerRig Rig => _rig!;

    private static JsonObject Agent => ShellProviders.Shell("sed -i 's/line two/line two BY SHELL/' hello.txt");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Says yes only where there is neither a network nor what this machine has, and leaves a file.</summary>
    private string OnlyInContainer => $"sh -c \"touch made_by_verify && grep -q SHELL hello.txt && test ! -e {Rig.Repository.Path} && test $(ls /sys/class/net) = lo\"";

    public async ValueTask InitializeAsync() => _rig = await ContainerRig.StartAsync("codex", ContainerRig.OrdinaryUser);

    [Theory]
    [InlineData("apply")]
    [InlineData("branch")]
    [InlineData("patch")]
    public async Task It_runs_in_a_container_wherever_the_result_goes_and_what_it_makes_stays_there(string output)
    {
        var result = await Rig.RunAsync(Rig.Configure(("agent", Agent)), "--provider", "agent", "--verify", OnlyInContainer, "--output", output);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("verified", result.Status);
        Assert.Equal(["hello.txt"], result.ChangedFiles);
        Assert.Equal(output == "apply" ? Changed : SampleRepositories.Hello, Rig.Repository.Read("hello.txt"));
        Assert.False(File.Exists(Rig.Repository.Combine("made_by_verify")));
        await Rig.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData("apply", "sh -c \"exit 3\"", "exit code 3")]
    [InlineData("branch", "false", "exit code 1")]
    public async Task When_it_says_no_the_tree_was_never_touched(string output, string verify, string told)
    {
        var before = Rig.Repository.Tree();

        var result = await Rig.RunAsync(Rig.Configure(("agent", Agent)), "--provider", "agent", "--verify", verify, "--output", output);

        Assert.Equal((1, "verification_failed"), (result.ExitCode, result.FailureClass));
        Assert.Contains(told, result.FailureMessage, StringComparison.Ordinal);
        Assert.Equal("", GitRepository.TreeDifference(before, Rig.Repository.Tree()));
        Assert.DoesNotContain("applying", result.Steps);
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_program_that_the_image_has_not_is_nobodys_fault_but_the_configurations()
    {
        var result = await Rig.RunAsync(Rig.Configure(("agent", Agent)), "--provider", "agent", "--verify", "no-such-program");

        Assert.Equal((1, "failed", "configuration"), (result.ExitCode, result.Status, result.FailureClass));
        Assert.Contains("no such program in the container's image", result.FailureMessage, StringComparison.Ordinal);
        Assert.Equal(SampleRepositories.Hello, Rig.Repository.Read("hello.txt"));
        Assert.True(File.Exists(result.Report.GetProperty("patch_file").GetString()));
        Assert.DoesNotContain("remediation", result.Steps);
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task When_its_container_is_killed_it_runs_once_more_in_another()
    {
        await using var program = Rig.Start(Rig.Configure(("agent", Agent)), "--provider", "agent", "--verify", Waits);
        var (first, _) = await UntilBegunAsync(program, but: null);

        await Rig.Docker.KillAsync(first);
        var (_, tree) = await UntilBegunAsync(program, but: first);
        await File.WriteAllTextAsync(Path.Combine(tree, "proceed"), "", Cancel);

        Assert.True(await program.WaitAsync(Cancel) == 0, program.Output + program.Errors);
        Assert.Contains("another one", program.Output, StringComparison.Ordinal);
        Assert.Equal(Changed, Rig.Repository.Read("hello.txt"));
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task When_every_container_is_killed_the_changes_are_kept_and_a_retry_goes_on_with_them()
    {
        var config = Rig.Configure(("agent", Agent));
        await using var program = Rig.Start(config, "--provider", "agent", "--verify", Waits);
        string? killed = null;
        for (var container = 0; container < 3; container++)
        {
            (killed, _) = await UntilBegunAsync(program, but: killed);
            await Rig.Docker.KillAsync(killed);
        }

        Assert.Equal(1, await program.WaitAsync(Cancel));
        Assert.Contains("its container was lost", program.Output, StringComparison.Ordinal);
        Assert.Equal(SampleRepositories.Hello, Rig.Repository.Read("hello.txt"));
        await Rig.AssertNothingLeftAsync();

        // Never on this machine, where it was not to run.
        var task = program.Report.GetProperty("task_id").GetString()!;
        Assert.Equal(0, (await Rig.Cli.RunAsync("tasks", "retry", task, "--config", config)).ExitCode);
        var refused = await Rig.Cli.RunAsync("work", "--drain", "--config", config);
        Assert.Contains("must run in containers of pool", refused.Output, StringComparison.Ordinal);
        Assert.Equal(SampleRepositories.Hello, Rig.Repository.Read("hello.txt"));

        config = Rig.ConfigureForWork(("agent", Agent));
        Assert.Equal(0, (await Rig.Cli.RunAsync("tasks", "retry", task, "--config", config)).ExitCode);
        await using var work = Rig.Cli.Start("work", "--drain", "--config", config);
        var (_, tree) = await UntilBegunAsync(work, but: killed);
        await File.WriteAllTextAsync(Path.Combine(tree, "proceed"), "", Cancel);
        Assert.True(await work.WaitAsync(Cancel) == 0, work.Output + work.Errors);
        Assert.Equal(Changed, Rig.Repository.Read("hello.txt"));
    }

    [Fact]
    public async Task Who_wants_it_on_this_machine_says_so()
    {
        Rig.VerifiesInContainers = false;

        var result = await Rig.RunAsync(Rig.Configure(("agent", Agent)), "--provider", "agent", "--verify", OnlyInContainer);

        Assert.Equal("verification_failed", result.FailureClass);
        Assert.Contains("applying", result.Steps);
        await Rig.AssertNothingLeftAsync();
    }

    public ValueTask DisposeAsync() => _rig?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The container in which the command has begun, and its tree.</summary>
    private async Task<(string Container, string Tree)> UntilBegunAsync(RunningProgram program, string? but)
    {
        var (container, tree) = ("", "");
        await ContainerRig.UntilAsync(program, async () =>
        {
            // One that is made anew has the name of the one before, and an empty directory.
            container = await Rig.Docker.ContainersAsync(Rig.Pool) is [var only] && only != but ? only : "";
            tree = Rig.Directories().Select(static directory => Path.Combine(directory, "tree")).FirstOrDefault(static one => File.Exists(Path.Combine(one, "begun"))) ?? "";
            return container.Length > 0 && tree.Length > 0;
        });
        return (container, tree);
    }
}
