using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli;

/// <summary>What is the same for all agent CLIs, with a shell script in the place of one.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AgentCliProviderTests : IDisposable
{
    private const string Key = "sk-ant-marked-real-key-4711";

    /// <summary>Tells what it was given in its last words.</summary>
    private const string Echo = """
        #!/bin/sh
        prompt=$(cat)
        echo '{"type":"system","subtype":"init","session_id":"s1","model":"m"}'
        printf '{"type":"result","subtype":"success","is_error":false,"session_id":"s1","usage":{"input_tokens":1},"result":"%s|%s|%s|%s|%s"}\n' \
          "$ANTHROPIC_API_KEY" "$ANTHROPIC_BASE_URL" "$NO_PROXY" "$prompt" "$HOME"
        """;

    private readonly GitRepository _repository = GitRepository.Init();
    private readonly TemporaryDirectory _folder = new();

    public AgentCliProviderTests() => _repository.Commit("base");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _repository.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_agent_gets_a_key_of_its_own_and_the_address_of_our_proxy()
    {
        await using var host = Host(Echo);
        await using var workspace = await CreateAsync(host);

        var words = Summary(await host.ExecuteAsync(workspace, "do it in {workspace}"));

        Assert.DoesNotContain(Key, words[0], StringComparison.Ordinal);
        Assert.NotEmpty(words[0]);
        Assert.StartsWith("http://127.0.0.1:", words[1], StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", words[2], StringComparison.Ordinal);
        Assert.Equal(("do it in " + workspace.Workspace.Directory, workspace.Workspace.HomeDirectory), (words[3], words[4]));
    }

    [Fact]
    public async Task Two_executions_get_different_keys()
    {
        await using var host = Host(Echo);
        await using var workspace = await CreateAsync(host);

        var first = Summary(await host.ExecuteAsync(workspace));
        var second = Summary(await host.ExecuteAsync(workspace));

        Assert.NotEqual(first[0], second[0]);
    }

    [Fact]
    public async Task Without_the_proxy_the_agent_gets_the_real_key_and_it_is_redacted_from_its_words()
    {
        await using var host = Host(Echo, options => options.UseCredentialProxy = false);
        await using var workspace = await CreateAsync(host);

        var words = Summary(await host.ExecuteAsync(workspace));

        Assert.Equal(("***", "http://127.0.0.1:9/base"), (words[0], words[1]));
    }

    [Fact]
    public async Task The_proxy_is_gone_when_the_execution_is()
    {
        await using var host = Host(Echo);
        await using var workspace = await CreateAsync(host);
        var address = new Uri(Summary(await host.ExecuteAsync(workspace))[1]);

        using var client = new System.Net.Sockets.TcpClient();
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => client.ConnectAsync(address.Host, address.Port, Token).AsTask());
    }

    [Theory]
    [InlineData("-m", null)]
    [InlineData(null, "--version")]
    public async Task Names_that_would_be_read_as_options_are_refused(string? model, string? session)
    {
        await using var host = Host(Echo);
        await using var workspace = await CreateAsync(host);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await ExecuteAsync(host, Execution(workspace) with { Model = model, SessionId = session })));

        Assert.Equal(FailureClass.Configuration, failed.Failure.Class);
    }

    [Fact]
    public async Task An_agent_that_cannot_continue_a_session_says_so()
    {
        await using var host = new ProviderHost(providers => providers.AddCodex(options => options.Executable = "/bin/sh"), new() { [SecretNames.Codex] = Key });
        await using var workspace = await CreateAsync(host);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await ExecuteAsync(host, Execution(workspace) with { SessionId = "s1" })));

        Assert.Equal(FailureClass.Configuration, failed.Failure.Class);
        Assert.Contains("cannot continue a session", failed.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("REFUSED_KEY", false)]
    [InlineData(null, true)]
    public async Task A_source_of_secrets_that_cannot_be_trusted_fails_the_execution_and_does_not_break_it(string? keyName, bool isOrdered)
    {
        await using var host = Host(Echo, options => options.ApiKeySecret = keyName, services => services.AddSingleton<ISecretProvider, RefusingSecrets>());
        await using var workspace = await CreateAsync(host);
        var execution = Execution(workspace) with { SecretNames = isOrdered ? ["REFUSED_OTHER"] : [] };

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await ExecuteAsync(host, execution)));
        var health = await host.Provider.CheckHealthAsync(Token);

        Assert.Equal(FailureClass.Configuration, failed.Failure.Class);
        Assert.Contains("/secrets.env: others can read it", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(isOrdered ? (HealthStatus.Healthy, "present") : (HealthStatus.Unhealthy, "refused"), (health.Status, health.Details["authentication"]));
    }

    [Fact]
    public async Task A_task_that_looks_like_a_command_reaches_the_agent_as_words()
    {
        await using var host = Host(Echo);
        await using var workspace = await CreateAsync(host);

        Assert.Equal("Task: /fix it", Summary(await host.ExecuteAsync(workspace, "/fix it"))[3]);
    }

    [Theory]
    [InlineData("codex")]
    [InlineData("claude")]
    [InlineData("gemini")]
    [InlineData("copilot")]
    [InlineData("cursor")]
    [InlineData("opencode")]
    public void Arguments_of_the_options_and_of_the_execution_follow_ours(string kind)
    {
        var run = CliRuns.Create(new AgentCliOptions { ExtraArguments = ["--of-the-options"] });

        var arguments = AgentCliProfiles.Find(kind)!.Launch(run with { Execution = run.Execution with { Arguments = ["--of-the-execution"] } }).Arguments;

        Assert.Equal(["--of-the-options", "--of-the-execution"], (arguments[^1] == "-" ? arguments.SkipLast(1) : arguments).TakeLast(2));
    }

    [Fact]
    public async Task Without_a_workspace_nothing_is_started()
    {
        await using var host = Host(Echo);
        var execution = new AgentExecution { Id = "agent-e1", Task = ProviderHost.Task() };

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await ExecuteAsync(host, execution)));

        Assert.Equal(FailureClass.Configuration, failed.Failure.Class);
    }

    [Fact]
    public async Task Health_tells_the_version_the_tested_ones_and_whether_there_is_a_key()
    {
        await using var present = Host("#!/bin/sh\necho 0.0.1");
        await using var missing = Host("#!/bin/sh\necho 0.0.1", options => options.ApiKeySecret = "NO_SUCH_KEY_HERE");

        var healthy = await present.Provider.CheckHealthAsync(Token);
        var unhealthy = await missing.Provider.CheckHealthAsync(Token);

        Assert.Equal((HealthStatus.Healthy, "present"), (healthy.Status, healthy.Details["authentication"]));
        Assert.NotEmpty(healthy.Details["confinement"]);
        Assert.Equal((HealthStatus.Unhealthy, "missing"), (unhealthy.Status, unhealthy.Details["authentication"]));
        Assert.Contains("NO_SUCH_KEY_HERE is missing", unhealthy.Message, StringComparison.Ordinal);
        Assert.All([healthy, unhealthy], health =>
        {
            Assert.Equal(("0.0.1", "2.1.197..2.1.329", "older"), (health.Details["version"], health.Details["tested"], health.Details["version_is"]));
            Assert.Contains("0.0.1, which is older than what was tested: 2.1.197..2.1.329", health.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Health_of_a_program_that_does_not_start_tells_the_tested_versions_too()
    {
        await using var host = Host("#!/bin/sh\necho broken >&2\nexit 3");

        var health = await host.Provider.CheckHealthAsync(Token);

        Assert.Equal((HealthStatus.Unhealthy, "2.1.197..2.1.329", "present"), (health.Status, health.Details["tested"], health.Details["authentication"]));
        Assert.Contains("ended with 3 (Exited): broken", health.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"x","version":"1.2.3"}""", "1.2.3")]
    [InlineData("""{"version":7}""", null)]
    [InlineData("not json", null)]
    [InlineData(null, null)]
    public void The_version_of_a_program_that_is_not_started_is_that_of_its_package(string? package, string? expected)
    {
        Directory.CreateDirectory(_folder.Combine("package"));
        File.WriteAllText(_folder.Combine("package", "tool"), "");
        File.CreateSymbolicLink(_folder.Combine("link"), _folder.Combine("package", "tool"));
        if (package is not null)
        {
            File.WriteAllText(_folder.Combine("package", "package.json"), package);
        }

        Assert.Equal(expected, NpmPackage.VersionBeside(_folder.Combine("link")));
    }

    [Fact]
    public async Task Copilot_is_not_started_for_its_health()
    {
        var program = Path.Combine(Directory.CreateDirectory(_folder.Combine("copilot")).FullName, "copilot");
        File.WriteAllText(program, "#!/bin/sh\nexit 1\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(_folder.Combine("copilot", "package.json"), """{"version":"0.0.7"}""");
        await using var host = new ProviderHost(providers => providers.AddCopilot(options => options.Executable = program), new() { ["COPILOT_GITHUB_TOKEN"] = Key });

        var health = await host.Provider.CheckHealthAsync(Token);

        Assert.Equal((HealthStatus.Healthy, "0.0.7"), (health.Status, health.Details["version"]));
        Assert.Equal(("older", "1.0.102"), (health.Details["version_is"], health.Details["tested"]));
    }

    [Fact]
    public void Files_of_the_home_are_readable_for_their_owner_alone()
    {
        HomeFiles.Write(_folder.Path, new Dictionary<string, string> { [".tool/deep/settings.json"] = "{}" });

        Assert.Equal("{}", File.ReadAllText(_folder.Combine(".tool", "deep", "settings.json")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Combine(".tool", "deep", "settings.json")));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_folder.Combine(".tool")) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead));
    }

    [Fact]
    public void Links_that_an_earlier_execution_left_in_the_home_are_not_followed()
    {
        var home = Directory.CreateDirectory(_folder.Combine("home")).FullName;
        var elsewhere = Directory.CreateDirectory(_folder.Combine("elsewhere")).FullName;
        File.WriteAllText(Path.Combine(elsewhere, "precious"), "precious");
        Directory.CreateSymbolicLink(Path.Combine(home, ".tool"), elsewhere);
        File.CreateSymbolicLink(Path.Combine(home, "settings"), Path.Combine(elsewhere, "precious"));

        HomeFiles.Write(home, new Dictionary<string, string> { [".tool/new"] = "a", ["settings"] = "b" });

        Assert.Equal("precious", File.ReadAllText(Path.Combine(elsewhere, "precious")));
        Assert.False(File.Exists(Path.Combine(elsewhere, "new")));
        Assert.Equal(("a", "b"), (File.ReadAllText(Path.Combine(home, ".tool", "new")), File.ReadAllText(Path.Combine(home, "settings"))));
    }

    [Fact]
    public async Task What_a_stopped_execution_used_is_known_without_the_proxy_too()
    {
        const string Stuck = """
            #!/bin/sh
            echo '{"type":"assistant","message":{"id":"1","content":[],"usage":{"input_tokens":1000000,"output_tokens":5}}}'
            sleep 60
            """;
        await using var host = Host(Stuck, options =>
        {
            (options.UseCredentialProxy, options.Model) = (false, "m");
            options.Models = [new ModelDescriptor { Name = "m", Prices = new TokenPrices { InputUsd = 3 } }];
        });
        await using var workspace = await CreateAsync(host);

        var failure = Assert.IsType<AgentFailed>((await host.ExecuteAsync(workspace, limits: new AgentTimeLimits { Idle = TimeSpan.FromMilliseconds(200), Grace = TimeSpan.Zero }))[^1]).Failure;

        Assert.Equal((FailureClass.IdleTimeout, 1_000_000, 3m), (failure.Class, failure.Usage.InputTokens, failure.CostUsd));
    }

    private static string[] Summary(List<AgentEvent> events) => Assert.IsType<AgentCompleted>(events[^1]).Result.Summary.Split('|');

    private static AgentExecution Execution(GitWorkspace workspace) => new() { Id = workspace.ExecutionId, Task = ProviderHost.Task(), Workspace = workspace.Workspace };

    private static async Task<List<AgentEvent>> ExecuteAsync(ProviderHost host, AgentExecution execution)
    {
        var events = new List<AgentEvent>();
        await foreach (var happened in host.Provider.ExecuteAsync(execution, Token))
        {
            events.Add(happened);
        }

        return events;
    }

    private Task<GitWorkspace> CreateAsync(ProviderHost host) => host.Workspaces.CreateAsync(_repository.Path, "agent-e1", cancellationToken: Token).AsTask();

    private ProviderHost Host(string script, Action<AgentCliOptions>? configure = null, Action<IServiceCollection>? add = null)
    {
        var program = _folder.Combine("claude");
        File.WriteAllText(program, script + "\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return new ProviderHost(
            providers =>
            {
                add?.Invoke(providers.Services);
                providers.AddClaude(options =>
                {
                    (options.Executable, options.BaseUrl) = (program, "http://127.0.0.1:9/base");
                    configure?.Invoke(options);
                });
            },
            new() { [SecretNames.Claude] = Key });
    }

    private sealed class RefusingSecrets : ISecretProvider
    {
        public ValueTask<SecretValue?> GetSecretAsync(string name, CancellationToken cancellationToken) =>
            name.StartsWith("REFUSED", StringComparison.Ordinal) ? throw new SecretSourceException("/secrets.env", "others can read it.") : ValueTask.FromResult<SecretValue?>(null);
    }
}
