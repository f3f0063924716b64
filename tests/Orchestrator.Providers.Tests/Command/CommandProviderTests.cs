using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Command;

public sealed class CommandProviderTests : IDisposable
{
    private const string Secret = "marked-secret-value-0815";

    private readonly GitRepository _repository = GitRepository.Init();

    public CommandProviderTests()
    {
        _repository.Write("a.txt", "one\n");
        _repository.Commit("base");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Its_lines_become_messages_and_its_changes_the_diff()
    {
        await using var host = Host("echo two >> a.txt; echo \"$1|$2|$3|$4\"", options => options.Arguments = [.. options.Arguments, "sh", "{workspace}", "{instructions}", "{task_id}", "{model} {other}"]);
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "command-e1", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "in {workspace} do {model}", model: "m1");

        var tree = workspace.Workspace.Directory;
        Assert.Equal($"{tree}|in {tree} do {{model}}|task-1|m1 {{other}}", Assert.Single(events.OfType<AgentMessage>()).Text);
        Assert.IsType<AgentStarted>(events[0]);
        Assert.IsType<AgentCompleted>(events[^1]);
        Assert.Equal(["a.txt"], (await workspace.CollectAsync(Token)).Paths);
    }

    [Fact]
    public async Task An_exit_code_that_means_failure_is_a_crash_with_the_last_words()
    {
        await using var host = Host("echo why >&2; exit 4");
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "command-e1", cancellationToken: Token);

        var failure = Assert.IsType<AgentFailed>((await host.ExecuteAsync(workspace))[^1]).Failure;

        Assert.Equal((FailureClass.Crashed, 4, "why"), (failure.Class, failure.StatusCode, failure.Detail));
    }

    [Fact]
    public async Task Other_exit_codes_can_mean_success()
    {
        await using var host = Host("exit 4", options => options.SuccessExitCodes = [0, 4]);
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "command-e1", cancellationToken: Token);

        Assert.IsType<AgentCompleted>((await host.ExecuteAsync(workspace))[^1]);
    }

    [Fact]
    public async Task A_missing_program_is_unavailable_and_named()
    {
        await using var host = new ProviderHost(providers => providers.AddCommand("fmt", options => (options.Executable, options.InstallHint) = ("no-such-tool", "Get it from the shop.")));
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "command-e1", cancellationToken: Token);

        var failure = Assert.IsType<AgentFailed>(Assert.Single(await host.ExecuteAsync(workspace))).Failure;

        Assert.Equal(FailureClass.Unavailable, failure.Class);
        Assert.Equal("The program 'no-such-tool' was not found on PATH. Get it from the shop.", failure.Message);
    }

    [Fact]
    public async Task A_secret_reaches_the_process_and_is_redacted_everywhere_else()
    {
        await using var host = Host("printenv MY_TOOL_TOKEN; echo $MY_TOOL_TOKEN | base64; echo bad $MY_TOOL_TOKEN >&2; test -n \"$MY_TOOL_TOKEN\" && exit 9", options => options.SecretNames = ["MY_TOOL_TOKEN"]);
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "command-e1", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace);

        var failure = Assert.IsType<AgentFailed>(events[^1]).Failure;
        Assert.Equal((9, "bad ***"), (failure.StatusCode, failure.Detail));
        Assert.Equal("***", events.OfType<AgentMessage>().First().Text);
        var everything = host.Logs.AllText() + string.Join('\n', events) + failure;
        Assert.DoesNotContain(Secret, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Secret))[..20], everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_cannot_write_outside_its_workspace()
    {
        Assert.SkipUnless(WriteConfinement.IsSupported, WriteConfinement.Description);
        var escape = $"orchestrator-escape-{Environment.ProcessId}";
        await using var host = Host($"echo x > '{_repository.Combine("a.txt")}'; echo x > \"$HOME/{escape}\"; echo x > ../stranger; echo ok > inside.txt; echo t > \"$TMPDIR/t\"");
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "command-e1", cancellationToken: Token);
        await workspace.WatchRepositoryAsync(Token);

        var events = await host.ExecuteAsync(workspace);

        Assert.IsType<AgentCompleted>(events[^1]);
        Assert.Equal(["inside.txt"], (await workspace.CollectAsync(Token)).Paths);
        Assert.False((await workspace.FindEscapesAsync(Token)).Any);
        Assert.False(File.Exists(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), escape)));
    }

    [Fact]
    public async Task A_path_can_be_opened_to_it_and_its_home_can_be_an_empty_one()
    {
        using var open = new TemporaryDirectory();
        await using var host = Host($"echo x > '{open.Path}/made'; echo $HOME", options => (options.WritablePaths, options.KeepHome) = ([open.Path], false));
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "command-e1", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace);

        Assert.Equal(workspace.Workspace.HomeDirectory, Assert.Single(events.OfType<AgentMessage>()).Text);
        Assert.True(File.Exists(Path.Combine(open.Path, "made")));
    }

    [Theory]
    [InlineData("{instructions}", "--output=/etc/passwd", null)]
    [InlineData("{model}", "do it", "-c evil")]
    [InlineData("{instructions}{model}", "-", "m")]
    public async Task What_a_task_says_cannot_become_an_option(string argument, string instructions, string? model)
    {
        await using var host = Host("echo started", options => options.Arguments = [.. options.Arguments, "sh", argument]);
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, $"command-option-{Environment.ProcessId}", cancellationToken: Token);

        var failure = Assert.IsType<AgentFailed>(Assert.Single(await host.ExecuteAsync(workspace, instructions, model: model))).Failure;

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Contains($"'{argument}' begins with '-'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_of_the_settings_takes_any_words()
    {
        await using var host = Host("echo \"$1\"", options => options.Arguments = [.. options.Arguments, "sh", "--prompt={instructions}"]);
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, $"command-words-{Environment.ProcessId}", cancellationToken: Token);

        Assert.Equal("--prompt=-x", Assert.Single((await host.ExecuteAsync(workspace, "-x")).OfType<AgentMessage>()).Text);
    }

    [Theory]
    [InlineData("{instructions}", (128 * 1024) - 1, true)]
    [InlineData("{instructions}", 128 * 1024, false)]
    [InlineData("ü{instructions}", (128 * 1024) - 2, false)]
    public async Task Words_that_no_command_line_takes_are_a_mistake_of_the_configuration(string argument, int length, bool fits)
    {
        await using var host = Host("echo ${#1}", options => options.Arguments = [.. options.Arguments, "sh", argument]);
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, $"command-long-{Environment.ProcessId}", cancellationToken: Token);

        var ended = (await host.ExecuteAsync(workspace, new string('x', length)))[^1];

        Assert.Equal(fits ? null : FailureClass.Configuration, (ended as AgentFailed)?.Failure.Class);
    }

    [Fact]
    public async Task Many_arguments_that_are_too_long_together_are_refused()
    {
        await using var host = Host("echo started", options => options.Arguments = [.. options.Arguments, .. Enumerable.Repeat("{instructions}", 11)]);
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, $"command-many-{Environment.ProcessId}", cancellationToken: Token);

        var failure = Assert.IsType<AgentFailed>(Assert.Single(await host.ExecuteAsync(workspace, new string('x', 100_000)))).Failure;

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Contains("too long for a command line", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_cannot_be_continued()
    {
        await using var host = Host("echo started");
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, $"command-session-{Environment.ProcessId}", cancellationToken: Token);

        var failure = Assert.IsType<AgentFailed>(Assert.Single(await host.ExecuteAsync(workspace, change: static execution => execution with { SessionId = "s1" }))).Failure;

        Assert.Equal((FailureClass.Configuration, "script cannot continue a session."), (failure.Class, failure.Message));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Shared_memory_is_writable_only_where_it_is_asked_for(bool asked)
    {
        Assert.SkipUnless(WriteConfinement.IsSupported, WriteConfinement.Description);
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "There is no shared memory here.");
        var file = $"/dev/shm/orchestrator-{Environment.ProcessId}-{asked}";
        await using var host = Host($"(echo x > {file}) && echo written && rm {file}; echo x > /dev/null && echo null", options => options.WritablePaths = asked ? ["/dev/shm"] : []);
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, $"command-shm-{asked}-{Environment.ProcessId}", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace);

        Assert.Equal(asked ? ["written", "null"] : ["null"], events.OfType<AgentMessage>().Select(static message => message.Text));
    }

    [Fact]
    public async Task Output_beyond_the_limit_is_not_an_event()
    {
        await using var host = Host("i=0; while [ $i -lt 500 ]; do echo $i; i=$((i+1)); done", options => options.MaxOutputLines = 10);
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "command-e1", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace);

        Assert.Equal(10, events.OfType<AgentMessage>().Count());
        Assert.EndsWith("499", Assert.IsType<AgentCompleted>(events[^1]).Result.Summary, StringComparison.Ordinal);
    }

    private static ProviderHost Host(string script, Action<CommandProviderOptions>? configure = null) => new(
        providers => providers.AddCommand("script", options =>
        {
            options.Executable = "sh";
            options.Arguments = ["-c", script];
            configure?.Invoke(options);
        }),
        new Dictionary<string, string> { ["MY_TOOL_TOKEN"] = Secret });
}
