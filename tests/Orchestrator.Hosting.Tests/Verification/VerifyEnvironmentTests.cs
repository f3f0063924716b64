using Orchestrator.Hosting.Tests.ProviderTasks;
using Orchestrator.Secrets;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting.Tests.Verification;

public sealed class VerifyEnvironmentTests : IDisposable
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["DOTNET_HOSTING_TEST_OF_PROVIDER"] = "named by a provider",
        ["DOTNET_HOSTING_TEST_OF_FACTORY"] = "named by a factory",
        ["DOTNET_HOSTING_TEST_OF_TASK"] = "named by the task",
        ["DOTNET_HOSTING_TEST_OTHER_NAME"] = "a-known-secret-0815",
        ["DOTNET_HOSTING_TEST_WITH_SPACE"] = " a-known-secret-0815\n",
        ["DOTNET_HOSTING_TEST_PLAIN"] = "a plain setting",
        ["DOTNET_HOSTING_TEST_PATH"] = "/opt/a-known-secret-0815/bin",
    };

    public VerifyEnvironmentTests()
    {
        foreach (var (name, value) in Variables)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    public void Dispose()
    {
        foreach (var name in Variables.Keys)
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Fact]
    public void No_variable_that_is_known_to_hold_a_secret_is_in_it()
    {
        using var rig = new MainJobRig("first");
        rig.Service<ISecretRedactor>().Add(new SecretValue("a-known-secret-0815"));
        rig.Providers[0].Descriptor = rig.Providers[0].Descriptor with { SecretNames = ["DOTNET_HOSTING_TEST_OF_PROVIDER"] };
        var options = new ProviderTaskOptions();
        options.Factories["factory"] = new ProviderTaskFactory { AllowedSecrets = ["DOTNET_HOSTING_TEST_OF_FACTORY"] };
        var run = new AgentTaskRun(rig.Task(), Runs.Of(rig, rig.Task()).Context, rig.Service<AgentTaskTrail>()) { SecretNames = ["DOTNET_HOSTING_TEST_OF_TASK"] };

        var environment = new VerifyEnvironment(rig.Providers, new FixedOptions(options), rig.Service<ISecretRedactor>()).Create(run);

        Assert.Equal(["DOTNET_HOSTING_TEST_PATH", "DOTNET_HOSTING_TEST_PLAIN"], environment.Keys.Where(Variables.ContainsKey).Order(StringComparer.Ordinal));
        Assert.Empty(environment.Keys.Intersect(SecretNames.All.SelectMany(name => SecretNames.AliasesOf(name).Prepend(name))));
        Assert.Contains("PATH", environment.Keys);
    }

    [Theory]
    [InlineData(TaskOutput.Apply)]
    [InlineData(TaskOutput.Patch)]
    public async Task A_verify_command_gets_that_environment_and_a_mark_by_which_recovery_of_its_directory_finds_it(TaskOutput output)
    {
        using var rig = new MainJobRig("first");
        rig.Service<ISecretRedactor>().Add(new SecretValue("a-known-secret-0815"));

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task("sh -c \"env; false\"") with { Output = output }, lease: 7));

        var execution = rig.Logs.Executions.Single().Id;
        Assert.Contains($"ORCHESTRATOR_EXECUTION={execution}{(output == TaskOutput.Apply ? "" : "-v7")}\n", report.Verification!.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("DOTNET_HOSTING_TEST_PLAIN", report.Verification.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("DOTNET_HOSTING_TEST_OTHER_NAME", report.Verification.Output, StringComparison.Ordinal);
    }
}
