namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class MigrationTests : IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Fact]
    public void The_numbers_of_the_migrations_have_no_gap() =>
        Assert.Equal(Enumerable.Range(1, PostgreSqlMigrations.Known.Count).Select(number => (long)number), PostgreSqlMigrations.Known.Select(migration => migration.Version));

    [Fact]
    public async Task Many_processes_that_start_at_once_make_one_schema()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await _schema.Open().InitializeAsync(Cancel), Cancel)));

        Assert.Equal(PostgreSqlMigrations.Known.Count, await _schema.QueryAsync<long>("SELECT count(*) FROM storage_schema"));
    }

    [Fact]
    public async Task A_schema_of_a_newer_version_is_refused_and_left_alone()
    {
        await _schema.Open().InitializeAsync(Cancel);
        await _schema.ExecuteAsync("INSERT INTO storage_schema VALUES (999, '0999_from_the_future.sql', 'w', 'c', 0)");

        var error = await Assert.ThrowsAsync<StorageException>(async () => await _schema.Open().InitializeAsync(Cancel));

        Assert.Equal((StorageErrorCodes.SchemaTooNew, false), (error.Code, error.IsTransient));
        Assert.Contains("version 999", error.Message, StringComparison.Ordinal);
        Assert.Equal(999, await _schema.QueryAsync<long>("SELECT max(version) FROM storage_schema"));
    }

    [Fact]
    public async Task A_schema_with_tables_of_somebody_else_is_refused_and_left_alone()
    {
        await _schema.ExecuteAsync($"CREATE SCHEMA {_schema.Name}");
        await _schema.ExecuteAsync("CREATE TABLE tasks (theirs text)");

        var error = await Assert.ThrowsAsync<StorageException>(async () => await _schema.Open().InitializeAsync(Cancel));

        Assert.Equal(StorageErrorCodes.MigrationFailed, error.Code);
        Assert.Equal(1, await _schema.QueryAsync<long>($"SELECT count(*) FROM pg_tables WHERE schemaname = '{_schema.Name}'"));
    }

    [Fact]
    public async Task A_user_who_owns_only_the_schema_can_use_it()
    {
        var user = $"{_schema.Name}_{Environment.ProcessId}";
        await _schema.ExecuteAsync($"CREATE ROLE {user} LOGIN PASSWORD 'only-for-this-test'; CREATE SCHEMA {_schema.Name} AUTHORIZATION {user}");
        try
        {
            var theirs = new Npgsql.NpgsqlConnectionStringBuilder(_schema.ConnectionString) { Username = user, Password = "only-for-this-test" }.ConnectionString;

            await using var database = _schema.Open(options => options.ConnectionString = theirs);
            await database.InitializeAsync(Cancel);
            var store = new PostgreSqlTaskStore(database, null);
            await store.AddAsync([Orchestrator.Conformance.QueueScript.Submission("a")], DateTimeOffset.UnixEpoch, Cancel);

            Assert.Equal(user, await _schema.QueryAsync<string>("SELECT tableowner::text FROM pg_tables WHERE tablename = 'tasks' AND schemaname = current_schema()"));
        }
        finally
        {
            await _schema.ExecuteAsync($"DROP OWNED BY {user} CASCADE; DROP ROLE {user}");
        }
    }
}
