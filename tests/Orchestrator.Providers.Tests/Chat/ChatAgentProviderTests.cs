using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Patching;

namespace Orchestrator.Providers.Chat;

public sealed class ChatAgentProviderTests
{
    private static readonly ModelDescriptor Priced = new() { Name = "m1", Prices = new TokenPrices { InputUsd = 1000, CachedInputUsd = 100, OutputUsd = 5000 } };

    [Fact]
    public async Task It_edits_through_its_tools_and_tells_what_it_did()
    {
        await using var rig = new ChatRig(options => (options.Models, options.Model) = ([Priced], "m1")).Write("src/a.txt", "one\ntwo\nthree\n");
        rig.Client
            .Call("I look first.", ("view", [("path", "src/a.txt")]))
            .Call("edit", ("path", "src/a.txt"), ("old_str", "two"), ("new_str", "TWO"))
            .Call("create", ("path", "new/b.txt"), ("file_text", "fresh\n"))
            .Say("All done.");

        var events = await rig.RunAsync();

        Assert.Equal(("one\nTWO\nthree\n", "fresh\n"), (rig.Read("src/a.txt"), rig.Read("new/b.txt")));
        Assert.Equal("m1", Assert.IsType<AgentStarted>(events[0]).Model);
        Assert.Equal(["I look first.", "All done."], events.OfType<AgentMessage>().Select(message => message.Text));
        Assert.Equal(
            [(ToolKind.Read, "src/a.txt", true), (ToolKind.Edit, "src/a.txt", true), (ToolKind.Edit, "new/b.txt", true)],
            events.OfType<AgentToolCall>().Select(call => (call.Tool, call.Target, call.Succeeded!.Value)));
        var result = Assert.IsType<AgentCompleted>(events[^1]).Result;
        Assert.Equal(("All done.", 400, 160, 40, 16), (result.Summary, result.Usage.InputTokens, result.Usage.CachedInputTokens, result.Usage.OutputTokens, result.Usage.ReasoningTokens));
        Assert.Equal(4 * ((60 * 0.001m) + (40 * 0.0001m) + (10 * 0.005m)), result.CostUsd);
        Assert.Equal(4, events.OfType<AgentUsageReported>().Count());
        Assert.All(events, happened => Assert.NotEqual(default, happened.At));
    }

    [Fact]
    public async Task Every_edit_is_told_as_AIPatch_operations()
    {
        await using var rig = new ChatRig().Write("a.txt", "one\ntwo\nthree\n");
        rig.Client
            .Call("edit", ("path", "a.txt"), ("old_str", "wo\nth"), ("new_str", "WO\nTH"))
            .Call("create", ("path", "b.txt"), ("file_text", "fresh\n"))
            .Call("edit", ("path", "a.txt"), ("old_str", "not there"), ("new_str", "x"));

        var calls = (await rig.RunAsync()).OfType<AgentToolCall>().ToList();

        using var edit = JsonDocument.Parse(calls[0].Patch!);
        var operation = edit.RootElement.ValueKind == JsonValueKind.Array ? edit.RootElement[0] : edit.RootElement;
        Assert.Equal(("a.txt", "replace-block"), (operation.GetProperty("file").GetString(), operation.GetProperty("operation").GetString()));
        Assert.Contains("tWO\nTHree", operation.GetProperty("block").GetString(), StringComparison.Ordinal);
        Assert.Contains("\"append\"", calls[1].Patch, StringComparison.Ordinal);
        Assert.Equal((null, false), (calls[2].Patch, calls[2].Succeeded));
    }

    [Fact]
    public async Task The_operations_that_are_told_make_the_same_tree_again()
    {
        await using var rig = new ChatRig().Write("a.txt", "one\r\ntwo\r\nthree");
        rig.Client
            .Call("edit", ("path", "a.txt"), ("old_str", "two\nth"), ("new_str", "2\n2.5\nTH"))
            .Call("create", ("path", "b.txt"), ("file_text", "fresh\n"))
            .Call("edit", ("path", "b.txt"), ("old_str", "fresh"), ("new_str", "stale"))
            .Call("edit", ("path", "a.txt"), ("old_str", "one\n"), ("new_str", ""));
        var patches = rig.Services.GetRequiredService<IPatchManager>();

        var told = (await rig.RunAsync()).OfType<AgentToolCall>().Select(call => call.Patch!).ToList();
        var after = (rig.Read("a.txt"), rig.Read("b.txt"));
        File.Delete(rig.PathOf("b.txt"));
        rig.Write("a.txt", "one\r\ntwo\r\nthree");
        foreach (var (number, operations) in told.Index())
        {
            var parsed = patches.Parse(Encoding.UTF8.GetBytes(operations), "task-1", PatchFormat.AIPatch).Patch!;
            var done = await patches.ApplyAsync(new PatchRequest { Id = $"again-{number}", Root = rig.Workspace.Directory, Patch = parsed }, TestContext.Current.CancellationToken);
            Assert.Equal(PatchOutcome.Applied, done.Outcome);
        }

        Assert.Equal(("2\r\n2.5\r\nTHree", "stale\n"), after);
        Assert.Equal(after, (rig.Read("a.txt"), rig.Read("b.txt")));
    }

    [Fact]
    public async Task A_refused_edit_comes_back_with_what_it_takes_to_mend_it()
    {
        await using var rig = new ChatRig().Write("a.txt", "one\ntwo\nthree\ntwo\n");
        rig.Client
            .Call("edit", ("path", "a.txt"), ("old_str", "two"), ("new_str", "2"))
            .Call("edit", ("path", "a.txt"), ("old_str", "three\ntwo"), ("new_str", "three\n2"));

        await rig.RunAsync();

        var refusal = Assert.Single(ScriptedChatClient.Results(rig.Client.Requests[1]));
        Assert.StartsWith("The edit was refused. Nothing was written.", refusal, StringComparison.Ordinal);
        Assert.Contains("It fits at the lines 2, 4", refusal, StringComparison.Ordinal);
        Assert.Equal("one\ntwo\nthree\n2\n", rig.Read("a.txt"));
    }

    [Fact]
    public async Task All_calls_of_an_answer_are_answered_in_one_message_in_their_order()
    {
        await using var rig = new ChatRig().Write("a.txt", "aaa\n").Write("b.txt", "bbb\n");
        rig.Client.Call("", ("view", [("path", "a.txt")]), ("no_such_tool", []), ("view", [("path", "b.txt")]));

        await rig.RunAsync();

        Assert.Equal(3, rig.Client.LastResults.Count);
        Assert.Contains("1\taaa", rig.Client.LastResults[0], StringComparison.Ordinal);
        Assert.StartsWith("There is no such tool.", rig.Client.LastResults[1], StringComparison.Ordinal);
        Assert.Contains("1\tbbb", rig.Client.LastResults[2], StringComparison.Ordinal);
        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.Tool], rig.Client.Requests[^1].Select(message => message.Role));
    }

    [Fact]
    public async Task The_model_reads_its_role_the_repositorys_instructions_and_the_task()
    {
        await using var rig = new ChatRig(options => options.Instructions = "Write British English.").Write("AGENTS.md", "Never touch vendor/.\n");

        await rig.RunAsync("Fix {workspace}/a.txt");

        var (system, user) = (rig.Client.Requests[0][0].Text, rig.Client.Requests[0][1].Text);
        Assert.StartsWith("You are a coding agent.", system, StringComparison.Ordinal);
        Assert.EndsWith("Write British English.", system, StringComparison.Ordinal);
        Assert.Contains("Never touch vendor/.", user, StringComparison.Ordinal);
        Assert.EndsWith($"of type 'fix':\n\nFix {rig.Workspace.Directory}/a.txt", user, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_keeps_the_conversation_is_sent_what_is_new_only()
    {
        await using var rig = new ChatRig().Write("a.txt", "aaa\n");
        var first = rig.Client.Calls("", ("view", [("path", "a.txt")]));
        first.ConversationId = "conv-1";
        rig.Client.Answer(_ => Task.FromResult(first));

        await rig.RunAsync();

        Assert.Equal(ChatRole.Tool, Assert.Single(rig.Client.Requests[1]).Role);
        Assert.Equal("conv-1", rig.Client.Options[1].ConversationId);
    }

    [Fact]
    public async Task The_model_of_the_execution_wins_and_the_tools_cannot_be_invoked_by_a_wrapper()
    {
        await using var rig = new ChatRig(options => (options.Model, options.Temperature, options.MaxOutputTokens) = ("m1", 0.5f, 77));

        await rig.RunAsync("do it", execution => execution with { Model = "m2" });

        var request = Assert.Single(rig.Client.Options);
        Assert.Equal(("m2", 0.5f, 77), (request.ModelId, request.Temperature, request.MaxOutputTokens));
        Assert.Equal(["list", "search", "view", "edit", "patch", "create", "delete", "move"], request.Tools!.Select(tool => tool.Name));
        Assert.DoesNotContain(request.Tools!, tool => tool is AIFunction);
    }

    [Fact]
    public async Task What_is_known_as_a_secret_reaches_neither_events_nor_the_model()
    {
        await using var rig = new ChatRig(options => options.SecretNames = ["CHAT_KEY"], secrets: new() { ["CHAT_KEY"] = ChatRig.Secret }).Write("a.txt", $"key = {ChatRig.Secret}\n");
        rig.Client
            .Call($"I say {ChatRig.Secret}.", ("view", [("path", "a.txt")]))
            .Call("create", ("path", "b.txt"), ("file_text", ChatRig.Secret))
            .Call("search", ("pattern", ChatRig.Secret))
            .Throw(new HttpRequestException($"wrong key {ChatRig.Secret}"));

        var events = await rig.RunAsync();

        Assert.Contains("key = ***", Assert.Single(ScriptedChatClient.Results(rig.Client.Requests[1])), StringComparison.Ordinal);
        Assert.False(File.Exists(rig.PathOf("b.txt")));
        Assert.DoesNotContain(ChatRig.Secret, string.Join('\n', events) + Assert.IsType<AgentFailed>(events[^1]).Failure + rig.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_workspace_patch_manager_secret_or_client_nothing_is_asked()
    {
        await using var rig = new ChatRig();
        Assert.Equal(FailureClass.Configuration, (await rig.FailAsync(execution => execution with { Workspace = null })).Class);
        Assert.Empty(rig.Client.Requests);

        await using var bare = new ChatRig(withPatches: false);
        var failure = await bare.FailAsync();
        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Contains("AddPatchManager()", failure.Message, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Unhealthy, (await bare.Provider.CheckHealthAsync(TestContext.Current.CancellationToken)).Status);

        await using var keyless = new ChatRig(options => options.SecretNames = ["CHAT_KEY"]);
        Assert.Equal(FailureClass.Authentication, (await keyless.FailAsync()).Class);
        Assert.Equal("CHAT_KEY", (await keyless.Provider.CheckHealthAsync(TestContext.Current.CancellationToken)).Details["missing_secrets"]);
        Assert.Empty(keyless.Client.Requests);
    }

    [Fact]
    public async Task A_client_that_cannot_be_made_fails_its_own_provider_only_and_is_tried_again()
    {
        var isBroken = true;
        var services = new ServiceCollection();
        services.AddPatchManager();
        services.AddAgentProviders().AddChatAgent("late", _ => isBroken ? throw new InvalidOperationException("no key yet") : new ScriptedChatClient());
        await using var provider = services.BuildServiceProvider();
        var agent = Assert.Single(provider.GetServices<IAgentProvider>());

        var before = await agent.CheckHealthAsync(TestContext.Current.CancellationToken);
        isBroken = false;
        var after = await agent.CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HealthStatus.Unhealthy, "The chat client could not be made: no key yet"), (before.Status, before.Message));
        Assert.Equal((HealthStatus.Healthy, "scripted", "script-1"), (after.Status, after.Details["client"], after.Details["model"]));
    }

    [Fact]
    public async Task The_container_disposes_the_client_and_the_descriptor_tells_the_settings()
    {
        var rig = new ChatRig(options => (options.AllowedCommands, options.Models, options.Tags) = (["true"], [Priced], ["local"]));
        await rig.RunAsync();

        var descriptor = rig.Provider.Descriptor;
        Assert.Equal(("chat", ProviderKind.ChatClient), (descriptor.Name, descriptor.Kind));
        Assert.Equal([ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell], descriptor.Capabilities);
        Assert.Equal(["m1"], descriptor.Models.Select(model => model.Name));
        await rig.DisposeAsync();
        Assert.True(rig.Client.IsDisposed);
    }

    [Fact]
    public void Wrong_settings_are_all_reported_and_a_name_is_taken_once()
    {
        var services = new ServiceCollection();
        var builder = services.AddAgentProviders().AddChatAgent("bad", _ => new ScriptedChatClient(), options =>
        {
            (options.MaxTurns, options.MaxTokens, options.MaxCostUsd, options.MaxIdenticalCalls) = (0, 0, 1, 0);
            (options.Temperature, options.RequestRetries, options.MaxFileBytes, options.MaxToolOutput) = (3, 11, 1, 1);
            options.AllowedCommands = ["*", "a 'b", ""];
        });
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptionsMonitor<ChatAgentOptions>>().Get("bad"));

        Assert.Equal(11, error.Failures.Count());
        Assert.Throws<ArgumentException>(() => builder.AddCommand("BAD", _ => { }));
    }
}
