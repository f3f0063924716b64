using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Commands;

/// <summary><c>orchestrator providers check</c>: one provider, and an exit code for scripts.</summary>
public sealed class ProviderCheckTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly CommandRunner _runner;

    public ProviderCheckTests() => _runner = new CommandRunner
    {
        Config = _directory.Write("config.json", """
            { "providers": {
                "here": { "command": ["/bin/sh", "-c", "true"] },
                "gone": { "command": ["no-such-program-of-ours"], "installHint": "Get it from nowhere." } } }
            """),
    };

    public void Dispose()
    {
        _runner.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_provider_that_can_work_is_told_with_its_path_and_exit_code_0()
    {
        var line = Assert.Single(await _runner.JsonAsync(ExitCodes.Success, "providers", "check", "HERE"));

        var health = line.GetProperty("provider").GetProperty("health");
        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.Equal("/bin/sh", health.GetProperty("details").GetProperty("path").GetString());
    }

    [Fact]
    public async Task One_that_cannot_work_among_several_gives_exit_code_1_and_says_what_to_do()
    {
        var words = await _runner.WordsAsync(ExitCodes.Failed, "providers", "check", "here", "gone");

        Assert.Contains("Get it from nowhere.", words, StringComparison.Ordinal);
        Assert.Contains("path /bin/sh", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_a_wrong_command_line_and_the_names_there_are_are_listed()
    {
        var line = Assert.Single(await _runner.JsonAsync(ExitCodes.Usage, "providers", "check", "nobody"));

        Assert.Contains("here", line.GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
