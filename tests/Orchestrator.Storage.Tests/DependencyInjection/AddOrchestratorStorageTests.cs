using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Auditing;
using Orchestrator.Containers;
using Orchestrator.Executions;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.State;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Testing;

namespace Orchestrator.Storage.Tests.DependencyInjection;

public sealed class AddOrchestratorStorageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_seam_shares_one_database()
    {
        using var directory = new TemporaryDirectory();
        var services = new ServiceCollection();
        services.AddOrchestratorStorage().UseSqlite(directory.Combine("x.db"));
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<ITaskStore>().InitializeAsync(Cancel);
        await provider.GetRequiredService<IOperationLog>().AppendAsync(new Operation { Name = "host.note" }, Cancel);

        Assert.Empty(await provider.GetRequiredService<IExecutionLog>().ListAsync("t1", Cancel));
        Assert.Empty(await provider.GetRequiredService<IRoutingStateStore>().LoadAsync(Cancel));
        Assert.Empty(await provider.GetRequiredService<IRoutingDecisionLog>().ListAsync(new RoutingRecordQuery(), Cancel));
        Assert.Empty(await provider.GetRequiredService<ITaskOperations>().GetQueuesAsync(Cancel));
        Assert.Empty(await provider.GetRequiredService<ITaskPlanStore>().ListAsync(1, Cancel));
        Assert.Empty(await provider.GetRequiredService<ITaskScheduleStore>().ListAsync(Cancel));
        Assert.True((await provider.GetRequiredService<IStorageMaintenance>().CheckAsync(Cancel)).IsSound);
        Assert.NotNull(provider.GetRequiredService<ITaskTransactions>());
        Assert.NotNull(provider.GetRequiredService<ITaskNotifications>());
        Assert.Equal(directory.Combine("x.db"), provider.GetRequiredService<SqliteDatabase>().Path);
    }

    [Fact]
    public void Adding_twice_is_adding_once()
    {
        var services = new ServiceCollection();

        services.AddOrchestratorStorage();
        var count = services.Count;
        services.AddOrchestratorStorage();

        Assert.Equal(
            services.Take(count).Select(service => service.ServiceType).Where(IsOfStorage), services.Select(service => service.ServiceType).Where(IsOfStorage));
        Assert.Equal(14, services.Select(service => service.ServiceType).Count(IsOfStorage));
        Assert.Equal(2, services.Count(service => service.ServiceType == typeof(IValidateOptions<SqliteStorageOptions>) && service.ImplementationType is not null));
    }

    private static bool IsOfStorage(Type service) =>
        service == typeof(IOperationLog) || service == typeof(IExecutionLog) || service == typeof(IRoutingStateStore) || service == typeof(IRoutingDecisionLog)
        || service == typeof(IContainerHistory) || service == typeof(IContainerPoolState) || service.Assembly == typeof(SqliteDatabase).Assembly;

    [Fact]
    public void A_store_that_the_host_registered_before_wins()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ITaskOperations>(_ => throw new NotSupportedException("The host's own."));
        using var provider = services.AddOrchestratorStorage().Services.BuildServiceProvider();

        Assert.Equal("The host's own.", Assert.Throws<NotSupportedException>(() => provider.GetRequiredService<ITaskOperations>()).Message);
    }

    [Fact]
    public void A_store_that_forgets_gives_way_whichever_comes_first_and_the_hosts_own_does_not()
    {
        Assert.StartsWith("Sqlite", StoreOf(services => services.AddSingleton<IRoutingStateStore, ForgetfulStore>().AddOrchestratorStorage()), StringComparison.Ordinal);
        Assert.StartsWith("Sqlite", StoreOf(services => services.AddSingleton<IRoutingStateStore>(new ForgetfulStore()).AddOrchestratorStorage()), StringComparison.Ordinal);
        Assert.StartsWith("Sqlite", StoreOf(services => services.AddOrchestratorStorage().Services.TryAddSingleton<IRoutingStateStore, ForgetfulStore>()), StringComparison.Ordinal);
        Assert.Equal(nameof(HostsStore), StoreOf(services => services.AddSingleton<IRoutingStateStore, HostsStore>().AddOrchestratorStorage()));

        static string StoreOf(Action<IServiceCollection> register)
        {
            var services = new ServiceCollection();
            register(services);
            using var provider = services.BuildServiceProvider();
            return Assert.Single(provider.GetServices<IRoutingStateStore>()).GetType().Name;
        }
    }

    private sealed class ForgetfulStore : HostsStore, IVolatileStore;

    private class HostsStore : IRoutingStateStore
    {
        public ValueTask<ValueList<RoutingStateEntry>> LoadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask SaveAsync(ValueList<RoutingStateEntry> entries, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<BudgetReservationResult> ReserveAsync(BudgetReservation reservation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<bool> RenewAsync(string id, TimeSpan duration, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<ValueList<BudgetBalance>> SettleAsync(BudgetSettlement settlement, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<ValueList<BudgetBalance>> ListBalancesAsync(DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    [Fact]
    public void The_default_is_a_durable_file_beside_the_program()
    {
        using var provider = new ServiceCollection().AddOrchestratorStorage().Services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<SqliteStorageOptions>>().Value;

        Assert.Equal(("orchestrator.db", null, SqliteDurability.Full, TimeSpan.FromSeconds(30)), (options.Path, options.ConnectionString, options.Durability, options.BusyTimeout));
    }

    [Fact]
    public async Task Every_wrong_option_is_named_at_the_start_and_no_password_is_shown()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOrchestratorStorage(options =>
        {
            options.Path = "";
            options.BusyTimeout = TimeSpan.Zero;
            options.Durability = (SqliteDurability)9;
            options.ConnectionString = "Data Source=x.db;Password=hunter2";
        });
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));

        foreach (var property in (string[])["Path", "BusyTimeout", "Durability", "ConnectionString"])
        {
            Assert.Contains(error.Failures, failure => failure.Contains(property, StringComparison.Ordinal));
        }

        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Password=hunter2")]
    [InlineData("hunter2")]
    [InlineData("hunter2=1")]
    [InlineData("Data Source=:memory:;Password=hunter2")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=x.db;Mode=Memory")]
    [InlineData("Data Source=x.db;Mode=ReadOnly")]
    public void A_connection_string_that_cannot_work_is_refused_without_being_shown(string text)
    {
        using var provider = new ServiceCollection().AddOrchestratorStorage(options => options.ConnectionString = text).Services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<ITaskStore>());

        Assert.Contains(nameof(SqliteStorageOptions.ConnectionString), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_names_the_file()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Combine("y.db");
        await using var provider = new ServiceCollection().AddOrchestratorStorage(options => options.ConnectionString = $"Data Source={path}").Services.BuildServiceProvider();

        await provider.GetRequiredService<ITaskStore>().InitializeAsync(Cancel);

        Assert.True(File.Exists(path));
    }
}
