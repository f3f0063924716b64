using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orchestrator.Cli.Configuration;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Tests.Commands;
using Orchestrator.Queue;
using Orchestrator.Storage;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Configuration;

public sealed class PostgreSqlSettingsTests : IAsyncDisposable
{
    private const string Variable = "POSTGRESQL_SETTINGS_TESTS";

    private readonly TemporaryDirectory _directory = new();
    private readonly string _schema = $"cli_{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
    private string? _server;

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _directory.Dispose();
        if (_server is not null)
        {
            await using var database = NpgsqlDataSource.Create(_server);
            await using var drop = database.CreateCommand($"DROP SCHEMA IF EXISTS {_schema} CASCADE");
            await drop.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    [Trait("Engine", "Postgres")]
    public async Task The_data_is_kept_in_the_database_that_the_variable_tells_of()
    {
        var context = new CliContext(new JsonOutput(TextWriter.Null), UsePostgreSql(), _directory.Combine("state"), TimeProvider.System);

        await using var host = await CliHost.CreateAsync(context, repository: null, Cancel);
        await host.Services.GetRequiredService<ITaskQueue>().EnqueueAsync(new TaskSubmission { Id = "a", Type = "test", Payload = "1" }, Cancel);

        Assert.StartsWith("PostgreSql", host.Services.GetRequiredService<ITaskStore>().GetType().Name, StringComparison.Ordinal);
        Assert.Equal($"PostgreSQL, schema {_schema}", host.Database);
        Assert.Equal(1, (await host.Services.GetRequiredService<ITaskAdministration>().GetStatisticsAsync(cancellationToken: Cancel)).Available);
        Assert.False(File.Exists(_directory.Combine("state", "orchestrator.db")));
    }

    [Theory]
    [Trait("Engine", "Postgres")]
    [InlineData("db", "check")]
    [InlineData("db", "size")]
    [InlineData("audit", "verify")]
    public async Task Nothing_is_said_about_a_schema_that_is_not_there_and_none_is_made(params string[] arguments)
    {
        using var run = new CommandRunner { Config = UsePostgreSql() };

        Assert.Contains("holds no data", (await run.JsonAsync(2, arguments)).Single().GetProperty("error").GetString(), StringComparison.Ordinal);

        await using var database = NpgsqlDataSource.Create(_server!);
        await using var find = database.CreateCommand($"SELECT count(*) FROM pg_namespace WHERE nspname = '{_schema}'");
        Assert.Equal(0L, await find.ExecuteScalarAsync(Cancel));
        await run.JsonAsync(0, "db", "migrate");
        await run.JsonAsync(0, arguments);
    }

    [Fact]
    [Trait("Engine", "Postgres")]
    public async Task The_commands_work_on_it()
    {
        using var run = new CommandRunner { Config = UsePostgreSql() };
        await run.JsonAsync(0, "db", "migrate");
        await run.JsonAsync(0, "schedule", "put", "s", "--type", "test", "--cron", "@daily");
        Assert.Equal("s", (await run.JsonAsync(0, "schedule", "list"))[0].GetProperty("schedule").GetProperty("schedule").GetProperty("id").GetString());
        await run.JsonAsync(0, "queue", "limit", "default", "--max-running", "3");
        await run.JsonAsync(0, "queue", "pause", "default");
        Assert.Contains("paused  at most 3 run", await run.WordsAsync(0, "queue", "list"), StringComparison.Ordinal);
        await run.JsonAsync(0, "queue", "stats");
        Assert.Empty(await run.JsonAsync(0, "plan", "list"));
        Assert.Empty(await run.JsonAsync(0, "dead", "list"));
        await run.JsonAsync(0, "db", "check");
        await run.JsonAsync(0, "db", "size");
        await run.JsonAsync(0, "audit", "export", run.Path("audit.jsonl"));
        await run.JsonAsync(0, "audit", "verify");

        // PostgreSQL has tools of its own for backups.
        await run.JsonAsync(1, "db", "backup", run.Path("backup.db"));
    }

    [Theory]
    [InlineData("""{ "connectionStringVariable": "Host=db;Password=hunter2" }""", "must be the name of the environment variable")]
    [InlineData("""{ "connectionString": "Host=db;Password=hunter2" }""", "storage:postgresql:connectionString is not a setting")]
    [InlineData("""{ "schema": "x" }""", "must be the name of the environment variable")]
    [InlineData("""{ "connectionStringVariable": "NOBODY_SET_THIS_VARIABLE" }""", "names NOBODY_SET_THIS_VARIABLE, which is not set")]
    public void A_wrong_setting_is_named_and_no_password_is_shown(string json, string message)
    {
        var file = _directory.Write("settings.json", $$"""{ "storage": { "postgresql": {{json}} } }""");

        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(repository: null, file, stateDirectory: null));

        Assert.Contains(error.Errors, text => text.Contains(message, StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repository_cannot_say_where_the_data_is()
    {
        Environment.SetEnvironmentVariable(Variable, "Host=db");
        _directory.Write("orchestrator.json", $$"""{ "storage": { "postgresql": { "connectionStringVariable": "{{Variable}}" } } }""");

        Assert.Contains("storage", Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(_directory.Path, null, null)).Errors[0], StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string UsePostgreSql()
    {
        _server = Engines.PostgresConnectionString;
        Environment.SetEnvironmentVariable(Variable, _server);
        return _directory.Write("settings.json", $$"""{ "storage": { "postgresql": { "connectionStringVariable": "{{Variable}}", "schema": "{{_schema}}", "notify": false } } }""");
    }
}
