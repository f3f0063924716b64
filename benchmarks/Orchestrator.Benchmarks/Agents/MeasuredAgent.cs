using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Providers.Cli;
using Orchestrator.Tasks;

namespace Orchestrator.Benchmarks.Agents;

/// <summary>An agent CLI, and one run of it through its provider.</summary>
internal sealed record MeasuredAgent(string Name, string Model, bool TakesVersion, Action<IAgentProvidersBuilder, Action<AgentCliOptions>> Add)
{
    private const string Secret = "BENCHMARK_API_KEY";

    public static IReadOnlyList<MeasuredAgent> All { get; } =
    [
        new("codex", "gpt-5.1-codex", TakesVersion: true, static (builder, configure) => builder.AddCodex(configure)),
        new("claude", "claude-sonnet-4-5", TakesVersion: false, static (builder, configure) => builder.AddClaude(configure)),
        new("gemini", "gemini-2.5-pro", TakesVersion: false, static (builder, configure) => builder.AddGemini(configure)),
        new("copilot", "gpt-5.1-codex", TakesVersion: true, static (builder, configure) => builder.AddCopilot(configure)),
    ];

    /// <summary>The program; <see langword="null"/> when <c>eng/engines.sh</c> did not install it.</summary>
    public string? Program
    {
        get
        {
            var configured = Environment.GetEnvironmentVariable("ORCHESTRATOR_ENGINES");
            var cache = string.IsNullOrEmpty(configured) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "orchestrator-engines") : configured;
            var path = Path.Combine(cache, "bin", Name);
            return File.Exists(path) ? path : null;
        }
    }

    /// <summary>Runs the agent through its provider, to the end.</summary>
    /// <exception cref="InvalidOperationException">It failed: the measurement would mean nothing.</exception>
    public async Task RunAsync(ModelServer server, AgentPlace place, string program, bool useProxy)
    {
        Environment.SetEnvironmentVariable(Secret, "sk-benchmark-key-0123456789");
        var services = new ServiceCollection();
        Add(services.AddAgentProviders(options => options.Directory = place.Workspace.TemporaryDirectory), options =>
        {
            (options.Executable, options.Model, options.ApiKeySecret, options.UseCredentialProxy) = (program, Model, Secret, useProxy);
            options.BaseUrl = server.BaseUrl(TakesVersion);
        });
        await using var provider = services.BuildServiceProvider();
        var execution = new AgentExecution
        {
            Id = $"benchmark-{Name}",
            Task = new AgentTask { Id = "t", Type = AgentTaskType.Fix, Instructions = $"Please change line two. FILE={place.EditedFile}", Source = new LocalSource { Path = place.Workspace.Directory } },
            Workspace = place.Workspace,
        };
        AgentEvent? last = null;
        await foreach (var happened in provider.GetRequiredService<IAgentProvider>().ExecuteAsync(execution, CancellationToken.None))
        {
            last = happened;
        }

        if (last is not AgentCompleted)
        {
            throw new InvalidOperationException($"{Name} failed: {(last as AgentFailed)?.Failure}. The measurement would mean nothing.");
        }
    }
}
