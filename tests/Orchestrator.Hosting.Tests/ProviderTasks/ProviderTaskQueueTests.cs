using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.ProviderTasks;

/// <summary>The whole way on a real queue, with a real program as the provider.</summary>
public sealed class ProviderTaskQueueTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly GitRepository _repository = GitRepository.Init();
    private readonly IHost _host;

    public ProviderTaskQueueTests()
    {
        _repository.Write("kept.txt", "kept\n");
        _repository.Commit("start");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ISecretProvider>(new OneSecret());
        builder.Services.AddOrchestrator(options => options.StateDirectory = _directory.Combine("state"))
            .ConfigureProviders(providers => providers
                .AddCommand("writer", command => Shell(command, "echo \"$# $1 ${#REGISTRY_TOKEN}\" > made.txt"))
                .AddCommand("away", command => command.Executable = "no-such-program-here"))
            .AddProviderTasks(options => options.Factories["billing"] = new ProviderTaskFactory
            {
                Repository = _repository.Path,
                VerifyCommand = "test -f made.txt",
                AllowedArguments = ["--loud"],
                AllowedSecrets = ["REGISTRY_TOKEN"],
            });
        builder.Services.AddTaskQueue(queue => queue.Retry.Delay = TimeSpan.Zero);
        builder.Services.AddProviderRouting(routing => routing.Attempts.RetryDelay = TimeSpan.Zero);
        _host = builder.Build();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _repository.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_message_is_carried_out_verified_and_delivered_with_its_arguments_and_secrets()
    {
        await _host.StartAsync(Token);
        var client = _host.Services.GetRequiredService<ProviderTaskClient>();
        await client.EnqueueAsync(Message("writer") with { CliCommand = ["writer", "--loud"], EnvVars = ["REGISTRY_TOKEN"] }, Token);

        var report = await client.WaitAsync("task-1", Token);

        Assert.Equal((AgentTaskStatus.Verified, null), (report!.Status, report.Failure?.Message));
        Assert.Equal($"1 --loud {OneSecret.Value.Length}\n", _repository.Read("made.txt"));
    }

    [Fact]
    public async Task A_provider_that_stays_away_is_tried_three_times_and_then_a_dead_letter_that_an_operator_can_retry()
    {
        await _host.StartAsync(Token);
        var client = _host.Services.GetRequiredService<ProviderTaskClient>();
        await client.EnqueueAsync(Message("away"), Token);

        var report = await client.WaitAsync("task-1", Token);

        Assert.Equal(FailureClass.Unavailable, report!.Failure!.Class);
        var administration = _host.Services.GetRequiredService<ITaskAdministration>();
        var dead = Assert.Single(await administration.ListAsync(new TaskQuery { State = QueuedTaskState.Discarded }, Token));
        Assert.Equal(("task-1", 3, "unavailable"), (dead.Id, dead.Attempt, dead.Failure!.Code));
    }

    private static ProviderTask Message(string provider) => new() { TaskId = "task-1", Provider = provider, Factory = "billing", Instructions = "Do it." };

    private static void Shell(Orchestrator.Providers.Command.CommandProviderOptions command, string script)
    {
        command.Executable = "/bin/sh";
        command.Arguments = ["-c", script, "sh"];
    }

    private sealed class OneSecret : ISecretProvider
    {
        public const string Value = "registry-token-value-123";

        public ValueTask<SecretValue?> GetSecretAsync(string name, CancellationToken cancellationToken) =>
            ValueTask.FromResult(name == "REGISTRY_TOKEN" ? new SecretValue(Value) : null);
    }
}
