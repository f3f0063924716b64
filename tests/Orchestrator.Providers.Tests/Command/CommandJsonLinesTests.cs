using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Providers.Cli.Recordings;
using Orchestrator.Providers.Command.Output;
using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Command;

public sealed class CommandJsonLinesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_CLI_of_ones_own_is_used_without_code()
    {
        using var repository = GitRepository.Init();
        repository.Write("a.txt", "one\n");
        repository.Commit("base");
        await using var host = Host(
            """
            read prompt
            echo two >> a.txt
            printf '{"type":"start","session":"s-1"}\n'
            printf '{"type":"tool","name":"write_file","args":{"path":"a.txt"}}\n'
            printf '{"type":"text","text":"I got: %s"}\n' "$prompt"
            printf 'a line of another kind\n'
            printf '{"type":"end","ok":true,"usage":{"in":100,"cached":40,"out":7},"usd":0.25}\n'
            """);
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "json-lines-e1", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "please do");

        Assert.Equal("I got: please do", Assert.Single(events.OfType<AgentMessage>()).Text);
        var call = Assert.Single(events.OfType<AgentToolCall>());
        Assert.Equal((ToolKind.Edit, "a.txt"), (call.Tool, call.Target));
        var result = Assert.IsType<AgentCompleted>(events[^1]).Result;
        Assert.Equal(("I got: please do", "s-1", 0.75m), (result.Summary, result.SessionId, result.CostUsd));
        Assert.Equal(new TokenUsage { InputTokens = 100, CachedInputTokens = 40, OutputTokens = 7 }, result.Usage);
        Assert.Equal(["a.txt"], (await workspace.CollectAsync(Token)).Paths);
    }

    [Theory]
    [InlineData("opencode-edit")]
    [InlineData("opencode-shellfail")]
    [InlineData("opencode-e400ctx")]
    [InlineData("opencode-e401")]
    [InlineData("opencode-e500")]
    public void The_mapping_of_the_documentation_gives_the_outcome_that_a_parser_gives(string name)
    {
        using var recording = Recording.Open(name);
        var (_, expected) = recording.Play();
        var parser = new CommandJsonLinesParser(OpenCodeMapping.Create());
        _ = recording.Lines.SelectMany(parser.Read).ToList();

        var end = parser.End(Exit(expected is AgentCompleted ? 0 : 1), "");

        Assert.Equal((expected as AgentFailed)?.Failure.Class, (end as AgentFailed)?.Failure.Class);
        Assert.Equal((expected as AgentCompleted)?.Result.Summary, (end as AgentCompleted)?.Result.Summary);
        Assert.Equal((expected as AgentCompleted)?.Result.SessionId, (end as AgentCompleted)?.Result.SessionId);
    }

    [Fact]
    public void The_mapping_of_the_documentation_is_the_one_that_is_tested()
    {
        var text = File.ReadAllText(RepositoryRoot.Combine("docs", "agents", "clis.md"));

        Assert.All(OpenCodeMapping.Create().Mapping.Rules(), rule => Assert.Contains($"\"{rule.Rule}\"", text, StringComparison.Ordinal));
    }

    [Fact]
    public void An_exit_code_of_0_without_the_last_line_is_no_success()
    {
        var parser = new CommandJsonLinesParser(Options());
        _ = parser.Read("""{"type":"end","ok":true}""").Concat(parser.Read("""{"type":"text","text":"and on"}""")).ToList();

        Assert.Equal(FailureClass.Protocol, Assert.IsType<AgentFailed>(parser.End(Exit(0), "")).Failure.Class);
    }

    [Theory]
    [InlineData("""{"type":"error","message":"no","status":401}""", FailureClass.Authentication)]
    [InlineData("""{"type":"error","message":"Rate limit reached, retry after 7 s"}""", FailureClass.RateLimited)]
    [InlineData("""{"type":"error","message":{"text":"an object"}}""", FailureClass.ProviderError)]
    public void Its_errors_have_classes(string line, FailureClass expected)
    {
        var parser = new CommandJsonLinesParser(Options());
        _ = parser.Read(line).ToList();

        Assert.Equal(expected, Assert.IsType<AgentFailed>(parser.End(Exit(1), "")).Failure.Class);
    }

    [Fact]
    public void An_error_on_the_way_to_a_good_last_line_is_no_failure()
    {
        var parser = new CommandJsonLinesParser(Options());
        _ = parser.Read("""{"type":"error","message":"HTTP 500, once more"}""").Concat(parser.Read("""{"type":"end","ok":true}""")).ToList();

        Assert.IsType<AgentCompleted>(parser.End(Exit(0), ""));
    }

    [Fact]
    public void Without_a_last_line_any_error_fails_it()
    {
        var parser = new CommandJsonLinesParser(Options(mapping => mapping.LastLine = null));
        _ = parser.Read("""{"type":"error","message":"HTTP 500"}""").ToList();

        Assert.Equal(FailureClass.ProviderError, Assert.IsType<AgentFailed>(parser.End(Exit(0), "")).Failure.Class);
    }

    [Theory]
    [InlineData(false, 3L, 0.5)]
    [InlineData(true, 8L, 1.5)]
    public void Tokens_of_several_lines_are_added_when_asked_for(bool add, long expected, double cost)
    {
        var parser = new CommandJsonLinesParser(Options(mapping => mapping.AddUsage = add));
        _ = parser.Read("""{"usage":{"in":5},"usd":1}""").Concat(parser.Read("""{"usage":{"in":3},"usd":0.5}""")).Concat(parser.Read("""{"usage":{"in":-1}}""")).ToList();

        var failure = Assert.IsType<AgentFailed>(parser.End(Exit(1), "")).Failure;

        Assert.Equal((expected, (decimal)cost + 0.5m), (failure.Usage.InputTokens, failure.CostUsd));
    }

    [Theory]
    [InlineData("/a/b", """{"a":{"b":"x"}}""", "x")]
    [InlineData("/a/1/t", """{"a":[{"t":"x"},{"t":"y"}]}""", "y")]
    [InlineData("/a~1b/c~0d", """{"a/b":{"c~d":"x"}}""", "x")]
    [InlineData("/a", """{"a":12}""", "12")]
    [InlineData("/a", """{"a":null}""", null)]
    [InlineData("/a/2", """{"a":[1]}""", null)]
    [InlineData("/a when /t=x", """{"t":"x","a":"y"}""", "y")]
    [InlineData("/a when /t=x", """{"t":"z","a":"y"}""", null)]
    [InlineData("/a when /t=x and /n=1 and /b=true and /z!=1", """{"t":"x","n":1,"b":true,"a":"y"}""", "y")]
    [InlineData("/a when /t!=x", """{"t":"x","a":"y"}""", null)]
    [InlineData("/a when /t=a=b", """{"t":"a=b","a":"y"}""", "y")]
    [InlineData("/a when /t=null", """{"t":null,"a":"y"}""", "y")]
    public void A_rule_finds_what_stands_there(string rule, string line, string? expected)
    {
        using var document = System.Text.Json.JsonDocument.Parse(line);

        Assert.Equal(expected, JsonRule.TryParse(rule)!.TextIn(document.RootElement));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("/a when ")]
    [InlineData("/a when t=x")]
    [InlineData("/a when /t")]
    [InlineData("/a when /t=x and ")]
    public void A_rule_that_is_none_is_refused_at_start(string rule)
    {
        var services = new ServiceCollection();
        services.AddAgentProviders(workspaces => workspaces.Directory = "/tmp/x").AddCommand("mine", options =>
        {
            options.Executable = "sh";
            options.Output = CommandOutputFormat.JsonLines;
            (options.Mapping.Message, options.Mapping.LastLine) = (rule, "nonsense");
        });
        using var provider = services.BuildServiceProvider();

        var message = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptionsMonitor<CommandProviderOptions>>().Get("mine")).Message;

        Assert.Contains("Mapping.Message", message, StringComparison.Ordinal);
        Assert.Contains("Mapping.LastLine", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_without_JSON_lines_is_refused_at_start()
    {
        var services = new ServiceCollection();
        services.AddAgentProviders(workspaces => workspaces.Directory = "/tmp/x").AddCommand("mine", options => (options.Executable, options.Mapping.Message) = ("sh", "/text"));
        using var provider = services.BuildServiceProvider();

        Assert.Contains("JsonLines", Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptionsMonitor<CommandProviderOptions>>().Get("mine")).Message, StringComparison.Ordinal);
    }

    private static CommandProviderOptions Options(Action<CommandOutputMapping>? configure = null)
    {
        var options = new CommandProviderOptions { Executable = "sh", PricePerTaskUsd = 0.5m };
        Configure(options);
        configure?.Invoke(options.Mapping);
        return options;
    }

    private static void Configure(CommandProviderOptions options)
    {
        #region snippet: json-lines
        options.InstructionsOnInput = true;
        options.Output = CommandOutputFormat.JsonLines;
        options.Mapping = new CommandOutputMapping
        {
            Message = "/text when /type=text",
            Tool = "/name when /type=tool",
            Target = "/args/path",
            Error = "/message when /type=error",
            Status = "/status",
            Session = "/session",
            InputTokens = "/usage/in",
            CachedInputTokens = "/usage/cached",
            OutputTokens = "/usage/out",
            CostUsd = "/usd",
            LastLine = "/type=end and /ok=true",
        };
        #endregion
    }

    private static ProcessExit Exit(int code) => new() { End = ProcessEnd.Exited, ExitCode = code, Duration = TimeSpan.Zero, ErrorTail = "" };

    private static ProviderHost Host(string script) => new(providers => providers.AddCommand("mine", options =>
    {
        (options.Executable, options.Arguments, options.PricePerTaskUsd) = ("sh", ["-c", script], 0.5m);
        Configure(options);
    }));
}
