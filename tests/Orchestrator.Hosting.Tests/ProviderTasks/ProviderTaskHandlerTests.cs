using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Queue.Workers;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting.Tests.ProviderTasks;

public sealed class ProviderTaskHandlerTests
{
    private const string Marked = "marked-secret-value-1234";

    [Fact]
    public async Task A_message_has_the_named_provider_work_in_the_factory_with_what_it_ordered()
    {
        using var rig = new ProviderTaskRig("claude", "codex");
        rig.Factory.AllowedArguments = ["--search", "--effort=*"];
        rig.Factory.AllowedSecrets = ["REGISTRY_TOKEN"];
        AgentExecution? seen = null;
        rig.Main.Providers[1].Work = execution =>
        {
            seen = execution;
            File.WriteAllText(Path.Combine(execution.Workspace!.Directory, "made.txt"), "by codex\n");
            return new AgentCompleted { Result = new AgentResult() };
        };

        var result = await rig.HandleAsync("""
            {"task_id":"task-1","provider":"codex","factory":"billing","type":"refactor","instructions":"Do it.","cli_command":["codex","--search","--effort=high"],"env_vars":["REGISTRY_TOKEN"],"priority":5,"from_the_future":1}
            """);

        Assert.Equal(TaskHandlerStatus.Completed, result.Status);
        Assert.Equal((AgentTaskStatus.Verified, "codex"), (MainJobRig.ReportOf(result).Status, MainJobRig.ReportOf(result).Provider));
        Assert.Equal("by codex\n", rig.Main.Repository.Read("made.txt"));
        Assert.Equal(["--search", "--effort=high"], seen!.Arguments);
        Assert.Equal(["REGISTRY_TOKEN"], seen.SecretNames);
        Assert.Equal((5, "billing", "Do it."), (seen.Task.Priority, seen.Task.Labels["factory"], seen.Task.Instructions));
        Assert.Equal(0, rig.Main.Providers[0].Runs);
    }

    [Theory]
    [InlineData(FailureClass.RateLimited, true)]
    [InlineData(FailureClass.ProviderError, true)]
    [InlineData(FailureClass.Unavailable, true)]
    [InlineData(FailureClass.StartupTimeout, true)]
    [InlineData(FailureClass.IdleTimeout, true)]
    [InlineData(FailureClass.Protocol, true)]
    [InlineData(FailureClass.Crashed, true)]
    [InlineData(FailureClass.Authentication, false)]
    [InlineData(FailureClass.Quota, false)]
    [InlineData(FailureClass.BadRequest, false)]
    [InlineData(FailureClass.ContextTooLong, false)]
    [InlineData(FailureClass.Budget, false)]
    [InlineData(FailureClass.NoChanges, false)]
    [InlineData(FailureClass.OutsideWorkspace, false)]
    public void What_may_pass_is_tried_again_and_nothing_else(FailureClass failure, bool again)
    {
        var report = new AgentTaskReport { TaskId = "t", Status = AgentTaskStatus.Failed, Failure = new AgentFailure { Class = failure, Message = "x", RetryAfter = TimeSpan.FromSeconds(7) } };
        var failed = TaskHandlerResult.Failed(new() { Code = "x", Message = "x", Result = "{}" });

        var result = ProviderTaskRetries.Judge(failed, report);

        Assert.Equal((again, again ? TimeSpan.FromSeconds(7) : null), (result.Failure!.Retryable, result.Failure.RetryAfter));
        Assert.Equal("{}", result.Failure.Result);
    }

    [Fact]
    public async Task A_provider_that_fails_is_told_to_the_queue_by_its_class_and_leaves_nothing()
    {
        using var rig = new ProviderTaskRig("codex");
        rig.Main.Providers[0].Failure = FailureClass.Unavailable;

        var result = await rig.HandleAsync("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"Do it."}""");

        Assert.Equal((TaskHandlerStatus.Failed, true), (result.Status, result.Failure!.Retryable));
        Assert.Equal(AgentTaskStatus.Failed, MainJobRig.ReportOf(result).Status);
        Assert.Empty(rig.Main.Leaks());
    }

    [Theory]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"nowhere","instructions":"x"}""", "There is no factory 'nowhere'. There are: billing.")]
    [InlineData("""{"task_id":"task-1","provider":"claude","factory":"billing","instructions":"x"}""", "may not work in the factory 'billing'")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"x","cli_command":["bash","-c","env"]}""", "must begin with the provider's name")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"x","cli_command":["codex","--search","--dangerous"]}""", "does not allow argument 2 of cli_command")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"x","env_vars":["GITHUB_TOKEN"]}""", "does not allow the secret GITHUB_TOKEN")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"x","env_vars":["KEY=abc-hidden"]}""", "must hold names of secrets")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"x","env_vars":{"KEY":"abc-hidden"}}""", "see $.env_vars")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":""}""", "Instructions")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"billing"}""", "is no provider task")]
    [InlineData("""{"task_id":"other","provider":"codex","factory":"billing","instructions":"x"}""", "task_id must be the id")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"x","type":"sing"}""", "type must be")]
    [InlineData("""{"task_id":"task-1","provider":null,"factory":"billing","instructions":"x"}""", "is no provider task")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":null,"instructions":"x"}""", "is no provider task")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"x","env_vars":[null]}""", "is no provider task")]
    [InlineData("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"x","cli_command":["codex",null]}""", "is no provider task")]
    [InlineData("not json abc-hidden", "is no provider task")]
    public async Task What_cannot_be_carried_out_is_a_dead_letter_at_once(string payload, string reason)
    {
        using var rig = new ProviderTaskRig("codex", "claude");
        rig.Factory.Providers = ["codex"];
        rig.Factory.AllowedArguments = ["--search"];

        var result = await rig.HandleAsync(payload);

        Assert.Equal((TaskHandlerStatus.Failed, false, "configuration"), (result.Status, result.Failure!.Retryable, result.Failure.Code));
        Assert.Contains(reason, result.Failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("abc-hidden", result.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, rig.Main.Providers.Sum(provider => provider.Runs));
        Assert.Equal(OperationOutcome.Refused, Assert.Single(rig.Main.Logs.Operations).Outcome);
    }

    [Fact]
    public async Task A_message_with_a_secret_is_refused_without_repeating_it()
    {
        using var rig = new ProviderTaskRig("codex");
        rig.Main.Service<ISecretRedactor>().Add(new SecretValue(Marked));
        var token = "ghp_" + new string('a', 36);

        var known = await rig.HandleAsync($$"""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"Use {{Marked}} there."}""");
        var alike = await rig.HandleAsync($$"""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"Use {{token}} there."}""");

        Assert.Contains("A known secret stands in the message", known.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("looks like a GitHub token", alike.Failure!.Message, StringComparison.Ordinal);
        var written = string.Join('\n', rig.Main.Logs.Operations.Select(operation => operation.ToString()).Append(known.ToString()).Append(alike.ToString()));
        Assert.DoesNotContain(Marked, written, StringComparison.Ordinal);
        Assert.DoesNotContain(token, written, StringComparison.Ordinal);
        Assert.Equal(0, rig.Main.Providers[0].Runs);
    }

    [Fact]
    public async Task Names_that_a_message_gives_are_not_looked_up_before_they_are_allowed()
    {
        using var rig = new ProviderTaskRig("codex");
        var path = Environment.GetEnvironmentVariable("PATH")!;

        var result = await rig.HandleAsync("""{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"x","env_vars":["PATH"]}""");

        Assert.Contains("does not allow the secret PATH", result.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(path, rig.Main.Service<ISecretRedactor>().Redact(path));
    }

    [Fact]
    public async Task Arguments_for_a_provider_that_runs_no_program_here_are_not_dropped_silently()
    {
        using var rig = new ProviderTaskRig("codex");
        var task = rig.Gate.Plan(ProviderTaskRig.Message("jules")).Task!;
        var run = new AgentTaskRun(task, Runs.Of(rig.Main, task).Context, rig.Main.Service<AgentTaskTrail>()) { Arguments = ["--search"] };
        var elsewhere = new ScriptedProvider("jules") { Descriptor = new ProviderDescriptor { Name = "jules", Kind = ProviderKind.RemoteService } };
        var record = new ExecutionRecord { Id = "execution-1", TaskId = task.Id, Provider = "jules", Attempt = 1, Status = ExecutionStatus.Running, InputDigest = "", StartedAt = DateTimeOffset.UnixEpoch };

        var journal = new AttemptJournal(record, elsewhere.Descriptor, rig.Main.Logs, TimeProvider.System, NullLogger.Instance);

        var attempt = await rig.Main.Service<WorkspaceExecution>().RunAsync(run, elsewhere, journal, null, TestContext.Current.CancellationToken);

        Assert.Equal(FailureClass.Configuration, attempt.Failure!.Class);
        Assert.Contains("jules runs no program on this machine", attempt.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Runs);
    }
}
