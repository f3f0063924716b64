namespace Orchestrator.Hosting.Tests.DependencyInjection;

public sealed class OrchestratorOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.True(new OrchestratorOptionsValidator().Validate(null, new OrchestratorOptions()).Succeeded);

    [Fact]
    public void Every_error_is_reported_at_once()
    {
        var options = new OrchestratorOptions
        {
            StateDirectory = " ",
            DefaultVerifyCommand = "\"never closed",
            VerifyTimeLimit = TimeSpan.Zero,
            MaxRemediations = 11,
            MaxAttempts = 0,
            Concurrency = 65,
            OnlyTaskId = "no id",
            WorkerName = "",
            ContainerName = "",
        };

        var failures = new OrchestratorOptionsValidator().Validate(null, options).Failures!;

        Assert.Equal(
            typeof(OrchestratorOptions).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal),
            failures.Select(failure => failure.Split(' ', ':')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_copy_has_every_setting()
    {
        var options = new OrchestratorOptions
        {
            StateDirectory = "/state",
            DefaultVerifyCommand = "make check",
            VerifyTimeLimit = TimeSpan.FromMinutes(1),
            MaxRemediations = 3,
            MaxAttempts = 4,
            Concurrency = 5,
            OnlyTaskId = "task-1",
            WorkerName = "worker",
            ContainerName = "container",
        };
        var copy = new OrchestratorOptions();

        options.CopyTo(copy);

        Assert.All(typeof(OrchestratorOptions).GetProperties(), property => Assert.Equal(property.GetValue(options), property.GetValue(copy)));
    }
}
