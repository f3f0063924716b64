using Orchestrator.Auditing;
using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting.Tests.ProviderTasks;

public sealed class ProviderTaskClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_stored_once_as_names_only_and_is_in_the_audit_trail()
    {
        using var rig = new ProviderTaskRig("codex");
        rig.Factory.AllowedSecrets = ["REGISTRY_TOKEN"];
        var message = ProviderTaskRig.Message() with { EnvVars = ["REGISTRY_TOKEN"], CliCommand = ["codex"], Priority = 7, Type = AgentTaskType.Refactor };

        var first = await rig.Client.EnqueueAsync(message, Token);
        var second = await rig.Client.EnqueueAsync(message, Token);

        Assert.Equal((EnqueueStatus.Enqueued, EnqueueStatus.Duplicate), (first.Status, second.Status));
        var submission = Assert.Single(rig.Main.Queue.Submissions);
        Assert.Equal(("task-1", "provider_task", 7, 3), (submission.Id, submission.Type, submission.Priority, submission.MaxAttempts));
        Assert.Equal(
            """{"task_id":"task-1","provider":"codex","factory":"billing","instructions":"Do it.","type":"refactor","cli_command":["codex"],"env_vars":["REGISTRY_TOKEN"],"priority":7}""",
            submission.Payload);
        Assert.Equal("billing", Assert.Single(rig.Main.Logs.Of(OperationNames.TaskEnqueued)).Data["factory"]);
    }

    [Fact]
    public async Task What_the_factory_does_not_allow_and_what_holds_a_secret_is_not_stored()
    {
        using var rig = new ProviderTaskRig("codex");
        rig.Main.Service<ISecretRedactor>().Add(new SecretValue("marked-secret-value-1234"));

        await RefusedAsync(rig, ProviderTaskRig.Message() with { Factory = "other" }, "There is no factory 'other'");
        await RefusedAsync(rig, ProviderTaskRig.Message() with { EnvVars = ["GITHUB_TOKEN"] }, "does not allow the secret GITHUB_TOKEN");
        await RefusedAsync(rig, ProviderTaskRig.Message() with { Instructions = "Say marked-secret-value-1234." }, "A known secret");
        await RefusedAsync(rig, ProviderTaskRig.Message() with { CliCommand = ["codex", "--key=AKIAABCDEFGHIJKLMNOP"] }, "looks like an AWS access key id");

        Assert.Empty(rig.Main.Queue.Submissions);
        Assert.Empty(rig.Main.Logs.Operations);
    }

    [Fact]
    public void Settings_that_cannot_be_right_are_all_named()
    {
        var options = new ProviderTaskOptions { MaxAttempts = 0 };
        options.Factories["a/b"] = new ProviderTaskFactory { Repository = "relative", MaxCostUsd = -1, AllowedSecrets = ["A=1"], AllowedArguments = ["*"], VerifyCommand = "'" };
        options.Factories["good"] = new ProviderTaskFactory { Repository = "~/code", AllowedSecrets = ["A_1"], AllowedArguments = ["--x=*"], VerifyCommand = "make test" };

        var failures = new ProviderTaskOptionsValidator().Validate(null, options).Failures!.ToList();

        Assert.Equal(7, failures.Count);
        Assert.DoesNotContain(failures, failure => failure.Contains("good", StringComparison.Ordinal));
    }

    private static async Task RefusedAsync(ProviderTaskRig rig, ProviderTask message, string reason)
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(async () => await rig.Client.EnqueueAsync(message, Token));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("marked-secret-value", refused.Message, StringComparison.Ordinal);
    }
}
