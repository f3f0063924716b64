using Orchestrator.Providers.Chat.Tools;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Chat;

public sealed class RunToolTests
{
    [Theory]
    [InlineData("dotnet build", "dotnet build", true)]
    [InlineData("dotnet build", "dotnet  'build'", true)]
    [InlineData("dotnet build", "dotnet build -x", false)]
    [InlineData("dotnet build", "dotnet", false)]
    [InlineData("dotnet build", "./dotnet build", false)]
    [InlineData("dotnet build", "Dotnet build", false)]
    [InlineData("dotnet test *", "dotnet test", true)]
    [InlineData("dotnet test *", "dotnet test --filter 'a b'", true)]
    [InlineData("dotnet test *", "dotnet testing", false)]
    [InlineData("dotnet test *", "dotnet 'test x'", false)]
    [InlineData("true", "true; rm -rf /", false)]
    [InlineData("true", "true && rm", false)]
    public void A_command_is_compared_word_by_word(string entry, string command, bool allowed) =>
        Assert.Equal(allowed, AllowedCommand.Parse(entry).Allows(CommandLine.Parse(command)));

    [Fact]
    public async Task Without_an_allowed_command_there_is_no_such_tool()
    {
        await using var rig = new ChatRig();

        Assert.StartsWith("There is no such tool.", await rig.TellAsync("run", ("command", "true")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_allowed_command_runs_in_the_workspace_and_what_it_prints_is_told()
    {
        await using var rig = new ChatRig(options => options.AllowedCommands = ["cat *", "ls none"]).Write("a.txt", "content\n");

        Assert.Equal("The command ended with exit code 0.\ncontent", await rig.TellAsync("run", ("command", "cat a.txt")));
        Assert.Matches("^The command ended with exit code 2.\n.*none", await rig.TellAsync("run", ("command", "ls none")));
    }

    [Fact]
    public async Task Another_command_is_refused_and_the_allowed_ones_are_named()
    {
        await using var rig = new ChatRig(options => options.AllowedCommands = ["cat *"]);

        Assert.Equal("This command is not allowed. Allowed are 'cat *'; where '*' stands, any further arguments.", await rig.TellAsync("run", ("command", "rm -rf .")));
        Assert.StartsWith("The command cannot be read:", await rig.TellAsync("run", ("command", "cat 'a")), StringComparison.Ordinal);
        Assert.StartsWith("The command cannot be read:", await rig.TellAsync("run", ("command", " ")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told()
    {
        await using var rig = new ChatRig(options => options.AllowedCommands = ["no-such-tool-here"]);

        Assert.StartsWith("'no-such-tool-here' could not be started", await rig.TellAsync("run", ("command", "no-such-tool-here")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_stopped_with_all_it_started()
    {
        await using var rig = new ChatRig(options => (options.AllowedCommands, options.CommandTimeLimit, options.TimeLimits) =
            (["sh -c 'echo begun; sleep 600 & sleep 600'"], TimeSpan.FromSeconds(2), new AgentTimeLimits { Grace = TimeSpan.Zero }));

        var told = await rig.TellAsync("run", ("command", "sh -c 'echo begun; sleep 600 & sleep 600'"));

        Assert.Equal("The command took longer than 00:00:02 and was stopped.\nbegun", told);
        Assert.Empty(NativeProcesses.FindSurvivors(rig.ExecutionId, 0));
    }

    [Fact]
    public async Task A_command_sees_no_secret_and_writes_nowhere_else()
    {
        Assert.SkipUnless(WriteConfinement.IsSupported, WriteConfinement.Description);
        var outside = $"/var/tmp/orchestrator-chat-{Environment.ProcessId}";
        var script = $"sh -c 'env; echo x > inside.txt; echo x > {outside}'";
        await using var rig = new ChatRig(options => (options.AllowedCommands, options.SecretNames) = ([script], ["CHAT_KEY"]), secrets: new() { ["CHAT_KEY"] = ChatRig.Secret });

        var told = await rig.TellAsync("run", ("command", script));

        Assert.Contains("PATH=", told, StringComparison.Ordinal);
        Assert.DoesNotContain("CHAT_KEY", told, StringComparison.Ordinal);
        Assert.True(File.Exists(rig.PathOf("inside.txt")));
        Assert.False(File.Exists(outside));
    }

    [Fact]
    public async Task Much_output_keeps_its_begin_and_its_end()
    {
        await using var rig = new ChatRig(options => (options.AllowedCommands, options.MaxToolOutput) = (["seq *"], 2000));

        var told = await rig.TellAsync("run", ("command", "seq 1 200000"));

        Assert.InRange(told.Length, 1000, 2000);
        Assert.StartsWith("The command ended with exit code 0.\n1\n2\n", told, StringComparison.Ordinal);
        Assert.Contains(" lines left out …]\n", told, StringComparison.Ordinal);
        Assert.EndsWith("\n199999\n200000", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_endless_line_is_held_within_the_bound()
    {
        await using var rig = new ChatRig(options => (options.AllowedCommands, options.MaxToolOutput) = (["head -c 5000000 /dev/zero"], 2000));

        Assert.InRange((await rig.TellAsync("run", ("command", "head -c 5000000 /dev/zero"))).Length, 500, 2000);
    }
}
