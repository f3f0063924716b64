using Orchestrator.Cli.Tests.Commands;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Scenarios;

public sealed class ConfigurationErrorsTests
{
    [Fact]
    public async Task Ten_errors_in_one_file_are_told_at_once()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Combine("settings.json");
        await File.WriteAllTextAsync(
            file,
            """
            {
              "verifyTimeLimit": "soon",
              "maxAttemps": 3,
              "providers": {
                "codex": { "enabled": false },
                "dotnet-format": { "enabled": false },
                "swift": { "command": ["true"], "pricePerTaskUsd": 0.05 },
                "solid": { "command": ["true"], "pricePerTaskUsd": 0.20 },
                "wizard": { "kind": "magic" },
                "empty": { "kind": "command" }
              },
              "routing": {
                "policy": "luckiest",
                "maxFallbacks": 99,
                "providers": { "swift": { "fallbacks": ["solid"] }, "solid": { "fallbacks": ["swift"] }, "nobody": { "enabled": true } },
                "rules": [{ "name": "all", "then": { "provider": "swift" } }, { "name": "never", "then": { "provider": "solid" } }],
                "budgets": [{ "name": "day", "maxUsd": -1 }]
              }
            }
            """,
            CommandRunner.Cancel);
        using var runner = new CommandRunner { Config = file };

        var words = await runner.WordsAsync(ExitCodes.Usage, "route", "--task", "x", "--repo", directory.Path);
        var line = Assert.Single(await runner.JsonAsync(ExitCodes.Usage, "route", "--task", "x", "--repo", directory.Path));

        Approved.Match(words, "Approved/ten-errors.txt");
        Assert.Equal("error", line.GetProperty("type").GetString());
        Assert.Equal(10, line.GetProperty("details").GetArrayLength());
    }
}
