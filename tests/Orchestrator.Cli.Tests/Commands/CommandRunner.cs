using System.Text.Json;
using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Output;
using Orchestrator.Testing;
using Spectre.Console;

namespace Orchestrator.Cli.Tests.Commands;

/// <summary>Runs commands in this process, each on the same state directory.</summary>
internal sealed class CommandRunner : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The configuration file; <see langword="null"/> for none.</summary>
    public string? Config { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>A path beside the state directory.</summary>
    public string Path(string name) => _directory.Combine(name);

    /// <summary>Runs a command that must end with an exit code; gives its lines of JSON.</summary>
    public async Task<IReadOnlyList<JsonElement>> JsonAsync(int exitCode, params string[] arguments)
    {
        using var writer = new StringWriter();
        var code = await RunAsync(_ => new JsonOutput(writer), arguments);
        Assert.True(code == exitCode, $"The exit code is {code}: {writer}");
        return [.. writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>Runs a command that must end with an exit code; gives its words.</summary>
    public async Task<string> WordsAsync(int exitCode, params string[] arguments)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = int.MaxValue;
        var code = await RunAsync(_ => new ConsoleOutput(console, console), arguments);
        Assert.True(code == exitCode, $"The exit code is {code}: {writer}");
        return writer.ToString();
    }

    /// <summary>The services behind the commands.</summary>
    public Task<CliHost> HostAsync() => CliHost.CreateAsync(new CliContext(new JsonOutput(TextWriter.Null), Config, Path("state"), Time), repository: null, Cancel);

    public void Dispose() => _directory.Dispose();

    private Task<int> RunAsync(Func<bool, ICliOutput> output, string[] arguments) =>
        OrchestratorCommand.RunAsync([.. arguments, "--state", Path("state"), .. Config is null ? Array.Empty<string>() : ["--config", Config]], new GlobalOptions(output, Time));
}
