using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.State;

namespace Orchestrator.Storage.PostgreSql.Tests.DependencyInjection;

public sealed class UsePostgreSqlTests
{
    [Fact]
    public void Every_store_is_replaced()
    {
        using var provider = new ServiceCollection().AddOrchestratorStorage().UsePostgreSql("Host=db").Services.BuildServiceProvider();

        Assert.All(
            (Type[])[
                typeof(ITaskStore), typeof(ITaskOperations), typeof(ITaskTransactions), typeof(ITaskPlanStore), typeof(ITaskScheduleStore), typeof(ITaskNotifications),
                typeof(IStorageMaintenance), typeof(IOperationLog), typeof(IExecutionLog), typeof(IRoutingStateStore), typeof(IRoutingDecisionLog)],
            seam => Assert.StartsWith("PostgreSql", Assert.Single(provider.GetServices(seam))!.GetType().Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "ConnectionString")]
    [InlineData("Database=x", "Host=db")]
    [InlineData("Host=db;Pasword=secret", "not a connection string")]
    [InlineData("Host=db;Pooling=false", "pooling")]
    public void A_connection_string_that_cannot_work_is_refused_without_being_quoted(string text, string expected)
    {
        var error = Fail(options => options.ConnectionString = text);

        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Orchestrator")]
    [InlineData("a\"; DROP TABLE x; --")]
    [InlineData("1st")]
    public void A_schema_whose_name_is_not_plain_is_refused(string schema) => Assert.Contains("Schema", Fail(options => options.Schema = schema), StringComparison.Ordinal);

    [Fact]
    public void Every_setting_that_is_out_of_range_is_named()
    {
        var error = Fail(options => (options.CommandTimeout, options.MaxConnections, options.MaintenanceLockTimeout) = (TimeSpan.Zero, 1, TimeSpan.Zero));

        Assert.All((string[])["CommandTimeout", "MaxConnections", "MaintenanceLockTimeout"], name => Assert.Contains(name, error, StringComparison.Ordinal));
    }

    private static string Fail(Action<PostgreSqlStorageOptions> spoil)
    {
        using var provider = new ServiceCollection().AddOrchestratorStorage().UsePostgreSql(options =>
        {
            options.ConnectionString = "Host=db";
            spoil(options);
        }).Services.BuildServiceProvider();
        return Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<PostgreSqlStorageOptions>>().Value).Message;
    }
}
