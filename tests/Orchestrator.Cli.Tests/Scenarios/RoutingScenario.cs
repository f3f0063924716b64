using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Tests.Commands;
using Orchestrator.Routing;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Scenarios;

/// <summary>Three providers at a fixed time under a fixed seed; what the command says about a task is compared with approved files.</summary>
internal sealed partial class RoutingScenario : IDisposable
{
    private const string Providers = """
        {
          "providers": {
            "codex": { "enabled": false }, "claude": { "enabled": false }, "gemini": { "enabled": false }, "copilot": { "enabled": false }, "cursor": { "enabled": false },
            "dotnet-format": { "enabled": false },
            "swift": { "command": ["true"], "capabilities": ["instructions", "edit"] },
            "solid": { "command": ["true"], "capabilities": ["instructions", "edit"] },
            "vast": { "command": ["true"], "capabilities": ["instructions", "edit"] }
          },
          "routing": {
            "seed": 42,
            "learning": { "explorationShare": 0, "floorShare": 0 },
            "providers": {
              "swift": { "pricePerTaskUsd": 0.05, "successRate": 0.70, "typicalDuration": "2m", "tags": ["cheap"], "dataResidency": ["us"], "models": [{ "name": "swift-1", "contextWindow": 128000 }] },
              "solid": { "pricePerTaskUsd": 0.20, "successRate": 0.90, "typicalDuration": "5m", "tags": ["strong"], "dataResidency": ["eu", "us"], "models": [{ "name": "solid-2", "contextWindow": 200000 }] },
              "vast": { "pricePerTaskUsd": 0.60, "successRate": 0.92, "typicalDuration": "9m", "tags": ["strong", "new"], "dataResidency": ["eu"], "models": [{ "name": "vast-9", "contextWindow": 1000000 }] }
            }
          }
        }
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly CommandRunner _runner;

    /// <param name="routing">Further settings of the router, as JSON.</param>
    public RoutingScenario(string routing = "{}")
    {
        var settings = JsonNode.Parse(Providers)!;
        foreach (var (key, value) in JsonNode.Parse(routing)!.AsObject())
        {
            settings["routing"]![key] = value?.DeepClone();
        }

        var file = _directory.Combine("settings.json");
        File.WriteAllText(file, settings.ToJsonString());
        _runner = new CommandRunner { Config = file, Time = new FixedClock() };
    }

    /// <summary>Has an earlier process do something that the router remembers.</summary>
    public async Task BeforeAsync(Func<IServiceProvider, ValueTask> action)
    {
        await using var host = await _runner.HostAsync();
        await host.LoadRoutingStateAsync(CommandRunner.Cancel);
        await action(host.Services);
        await host.Services.GetRequiredService<IRoutingState>().SaveAsync(CommandRunner.Cancel);
    }

    /// <summary>Runs <c>route --explain</c> for people and for programs, and compares both with what was approved.</summary>
    public async Task ApproveAsync(string name, int exitCode, params string[] arguments)
    {
        string[] route = ["route", "--explain", "--id", "task-1", "--task", "Orders without lines must not be shipped.", .. arguments];
        var shown = string.Join(' ', route.Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument));
        string[] full = [.. route, "--repo", _directory.Path];

        var words = await _runner.WordsAsync(exitCode, full);
        var line = Assert.Single(await _runner.JsonAsync(exitCode, full));

        Approved.Match($"$ orchestrator {shown}\n{words}", $"Approved/{name}.txt");
        Approved.Match(DecisionId().Replace(JsonSerializer.Serialize(line, Indented), "00000000-0000-7000-8000-000000000000"), $"Approved/{name}.json");
    }

    public void Dispose()
    {
        _runner.Dispose();
        _directory.Dispose();
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex DecisionId();
}
