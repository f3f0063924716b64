using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Providers;
using Orchestrator.Routing.Chat;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Routing.State;
using Orchestrator.Routing.Tests.Diagnostics;
using Orchestrator.Routing.Tests.State;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.Chat.ScriptedChatClient;

namespace Orchestrator.Routing.Tests.Chat;

/// <summary>What a routed chat client measures, records and keeps.</summary>
public sealed class ChatRoutingServicesTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly InMemoryRoutingStateStore _memory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Decisions_and_outcomes_are_recorded_and_measured()
    {
        using var meters = new RecordingMeterFactory();
        var log = new InMemoryRoutingDecisionLog();
        await using var recorder = new RoutingRecorder(log, _clock);
        using var client = Client(new ChatRoutingServices { MeterFactory = meters, Recorder = recorder }, [Text("x"), Usage(100, 20)]);

        await AskAsync(client);
        await recorder.FlushAsync(Token);

        var record = Assert.Single(await log.ListAsync(new RoutingRecordQuery(), Token));
        Assert.Equal("a", record.Decision.Provider);
        Assert.Equal(120, Assert.Single(await log.ListOutcomesAsync(record.Decision.Id, Token)).Outcome.Tokens);
        Assert.Contains(meters.Seen, seen => seen.StartsWith(ProviderRoutingDiagnostics.Decisions, StringComparison.Ordinal));
        Assert.Contains(meters.Seen, seen => seen.StartsWith(ProviderRoutingDiagnostics.Tokens + " 120", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Money_is_reserved_in_the_store_apart_from_budgets_of_the_same_name()
    {
        var store = new FlakyStore(_memory);
        using var client = Client(new ChatRoutingServices { StateStore = store }, [Text("x")]);
        await client.State.LoadAsync(Token);

        await AskAsync(client);
        store.IsDown = true;
        var refused = await Assert.ThrowsAsync<ChatRoutingException>(() => AskAsync(client));

        Assert.Equal(FailureClass.Budget, refused.Failure.Class);
        var balance = Assert.Single(await _memory.ListBalancesAsync(_clock.GetUtcNow(), Token));
        Assert.Equal(("chat:all", 1_000_000_000L, 0L), (balance.Key.Budget, balance.SpentNanoUsd, balance.ReservedNanoUsd));
    }

    [Fact]
    public async Task Two_clients_on_one_store_share_their_budgets_and_what_is_spent_outlasts_both()
    {
        var store = new FlakyStore(_memory);
        using (var first = Client(new ChatRoutingServices { StateStore = store }, [Text("x")]))
        {
            await first.State.LoadAsync(Token);
            await AskAsync(first);
            await AskAsync(first);
        }

        using var second = Client(new ChatRoutingServices { StateStore = store }, [Text("x")]);
        await second.State.LoadAsync(Token);
        using var other = Client(new ChatRoutingServices { StateStore = store, StateName = "other" }, [Text("x")]);
        await other.State.LoadAsync(Token);

        Assert.Equal(FailureClass.Budget, (await Assert.ThrowsAsync<ChatRoutingException>(() => AskAsync(second))).Failure.Class);
        Assert.Equal("x", await AskAsync(other));
    }

    [Fact]
    public async Task A_wait_outlasts_the_client_and_concerns_no_agent_of_the_same_name()
    {
        var store = new FlakyStore(_memory);
        using (var first = Client(new ChatRoutingServices { StateStore = store }, [new HttpRequestException("slow", null, HttpStatusCode.TooManyRequests)]))
        {
            await first.State.LoadAsync(Token);
            await Assert.ThrowsAsync<ChatRoutingException>(() => AskAsync(first));
            await first.State.SaveAsync(Token);
        }

        using var second = Client(new ChatRoutingServices { StateStore = store }, [Text("x")]);
        await second.State.LoadAsync(Token);

        Assert.Empty((await Assert.ThrowsAsync<ChatRoutingException>(() => AskAsync(second))).Attempts);
        Assert.All(store.Saved, entry => Assert.StartsWith("chat.", entry.Kind));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-chat")]
    [InlineData("a.b")]
    [InlineData("a:b")]
    [InlineData("a-name-that-is-longer-than-it-may-be")]
    public void A_wrong_name_in_the_store_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new ChatRoutingServices { StateName = name });

    [Fact]
    public async Task A_registered_client_uses_the_meters_the_log_and_the_store_of_its_container()
    {
        using var meters = new RecordingMeterFactory();
        var (store, log) = (new FlakyStore(_memory), new InMemoryRoutingDecisionLog());
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_clock).AddSingleton<IMeterFactory>(meters).AddSingleton<IRoutingStateStore>(store).AddSingleton<IRoutingDecisionLog>(log);
        services.AddRoutedChatClient(_ => [Provider([Text("x")])], options => options.Budgets.Add(new RoutingBudget { Name = "all", MaxUsd = 2.5m }));
        await using (var provider = services.BuildServiceProvider())
        {
            var hosted = Assert.Single(provider.GetServices<IHostedService>());
            await hosted.StartAsync(Token);
            await AskAsync(provider.GetRequiredService<IChatClient>());
            await hosted.StopAsync(Token);
        }

        Assert.Single(await log.ListAsync(new RoutingRecordQuery(), Token));
        Assert.Equal(1, store.Reservations);
        Assert.NotEmpty(store.Saved);
        Assert.Contains(meters.Seen, seen => seen.StartsWith(ProviderRoutingDiagnostics.Decisions, StringComparison.Ordinal));
    }

    private static ChatProvider Provider(object[] frames) =>
        new(new ProviderDescriptor { Name = "a", Kind = ProviderKind.ChatClient, PricePerTaskUsd = 1m }, new ScriptedChatClient { Frames = frames });

    private static async Task<string> AskAsync(IChatClient client) => (await client.GetResponseAsync("hi", cancellationToken: Token)).Text;

    private ProviderRoutingChatClient Client(ChatRoutingServices services, object[] frames) => new(
        [Provider(frames)], new ProviderRoutingOptions { Budgets = [new RoutingBudget { Name = "all", MaxUsd = 2.5m }] }, timeProvider: _clock, services: services);
}
