using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting.Tests.Attempts;

public sealed class ProviderResultTests
{
    private const string Secret = "sk-marked-0123456789";

    [Fact]
    public async Task A_patch_that_a_provider_returns_is_delivered_like_changes_of_its_workspace()
    {
        using var rig = new MainJobRig("remote");
        rig.Providers[0].Work = _ => new AgentCompleted { Result = new AgentResult { Patch = Create("returned.txt", "from far away\n") } };

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal(AgentTaskStatus.Verified, report.Status);
        Assert.Equal("from far away\n", File.ReadAllText(rig.Repository.Combine("returned.txt")));
    }

    [Fact]
    public async Task A_returned_patch_that_leaves_the_workspace_is_refused()
    {
        using var rig = new MainJobRig("remote");
        rig.Providers[0].Work = _ => new AgentCompleted { Result = new AgentResult { Patch = Create("../outside.txt", "x\n") } };

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal(FailureClass.PatchRejected, report.Failure!.Class);
        Assert.Equal("", rig.Repository.Status());
    }

    [Theory]
    [InlineData(0, FailureClass.NoChanges)]
    [InlineData(2, FailureClass.PermissionDenied)]
    public async Task An_agent_that_changed_nothing_because_its_tools_were_refused_says_so(int refusedTools, FailureClass expected)
    {
        using var rig = new MainJobRig("first");
        rig.Providers[0].Work = _ => new AgentCompleted { Result = new AgentResult { Summary = "Nothing to do.", RefusedTools = refusedTools } };

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal(expected, report.Failure!.Class);
        Assert.Contains("Nothing to do.", report.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text: " + Secret + "\n")]
    [InlineData("binary\0" + Secret + "\0")]
    public async Task A_patch_that_brings_a_known_secret_is_kept_nowhere(string content)
    {
        using var rig = new MainJobRig("first");
        rig.Service<ISecretRedactor>().Add(new SecretValue(Secret));
        rig.Providers[0].Work = execution =>
        {
            File.WriteAllText(Path.Combine(execution.Workspace!.Directory, "key.bin"), content);
            return new AgentCompleted { Result = new AgentResult() };
        };

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal(FailureClass.PatchRejected, report.Failure!.Class);
        Assert.Contains("known secret", report.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("", rig.Repository.Status());
        Assert.False(Directory.Exists(Path.Combine(rig.StateDirectory, "patches")));
    }

    [Fact]
    public async Task A_committed_key_may_be_removed()
    {
        using var rig = new MainJobRig("first");
        rig.Repository.Write("config.txt", $"key={Secret}\n");
        rig.Repository.Commit("oops");
        rig.Service<ISecretRedactor>().Add(new SecretValue(Secret));
        rig.Providers[0].Work = execution =>
        {
            File.WriteAllText(Path.Combine(execution.Workspace!.Directory, "config.txt"), "key=\n");
            return new AgentCompleted { Result = new AgentResult() };
        };

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal(AgentTaskStatus.Verified, report.Status);
        Assert.DoesNotContain(Secret, rig.Logs.Executions.Single().Patch ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_of_any_provider_are_redacted()
    {
        using var rig = new MainJobRig("first");
        rig.Service<ISecretRedactor>().Add(new SecretValue(Secret));
        rig.Providers[0].Work = _ => new AgentFailed
        {
            Failure = new AgentFailure { Class = FailureClass.Authentication, Message = $"Wrong key {Secret}.", Detail = $"sent {Secret}" },
        };

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal("Wrong key ***.", report.Failure!.Message);
        Assert.Equal("sent ***", report.Failure.Detail);
    }

    [Fact]
    public async Task Broken_machinery_ends_the_task_with_its_reason()
    {
        using var rig = new MainJobRig("first");
        rig.Providers[0].Work = _ => throw new OrchestratorException("test.broken", "The disk is on fire.");

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal(AgentTaskStatus.Failed, report.Status);
        Assert.Equal("The disk is on fire.", report.Failure!.Message);
        Assert.Empty(rig.Leaks());
    }

    [Fact]
    public async Task A_retried_task_runs_again_and_does_not_repeat_its_old_report()
    {
        using var rig = new MainJobRig("first");
        var refused = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task("false")));

        var retried = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task("true"), checkpoint: rig.Leases.Checkpoints[^1]));

        Assert.Equal(AgentTaskStatus.VerificationFailed, refused.Status);
        Assert.Equal(AgentTaskStatus.Verified, retried.Status);
        Assert.Equal(2, rig.Providers[0].Runs);
    }

    [Fact]
    public async Task A_task_that_has_used_up_its_money_is_not_tried_further()
    {
        using var rig = new MainJobRig("first", "second");
        rig.Providers[0].Work = _ => new AgentFailed { Failure = new AgentFailure { Class = FailureClass.ProviderError, Message = "down", CostUsd = 2m } };

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task() with { MaxCostUsd = 1m }));

        Assert.Equal(FailureClass.Budget, report.Failure!.Class);
        Assert.Equal(0, rig.Providers[1].Runs);
    }

    private static PatchSet Create(string path, string content) => new()
    {
        TaskId = "task-1",
        Files = [new FilePatch { Path = path, Operation = FileOperation.Create, NewMode = PatchFileMode.Regular, Content = PatchContent.FromText(content) }],
    };
}
