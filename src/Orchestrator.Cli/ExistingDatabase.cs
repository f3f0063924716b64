using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Orchestrator.Storage.PostgreSql;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Cli;

/// <summary>Looks whether a database is there, and how old its schema is, without making or changing anything.</summary>
internal static class ExistingDatabase
{
    private const string Scripts = "Migrations/";

    private const string ReadVersion = "SELECT coalesce(max(version), 0) FROM ";

    /// <summary>Refuses a database that does not meet a demand. What cannot be read at all is left to whoever opens it next, who can say more about it.</summary>
    /// <exception cref="ArgumentException">It is not there, is not ours, or is of an older version; the message says what to do.</exception>
    public static async Task DemandAsync(IServiceProvider services, DatabaseDemand demand, bool isPostgreSql, CancellationToken cancellationToken)
    {
        if (isPostgreSql)
        {
            // Unlike a file, it cannot be looked at with an older schema.
            var options = services.GetRequiredService<IOptions<PostgreSqlStorageOptions>>().Value;
            Check(await PostgreSqlVersionAsync(options, cancellationToken), NewestOf(typeof(PostgreSqlStorageOptions).Assembly), $"Schema '{options.Schema}' of the PostgreSQL database", DatabaseDemand.Current);
            return;
        }

        var path = services.GetRequiredService<SqliteDatabase>().Path;
        if (!File.Exists(path))
        {
            throw new ArgumentException($"There is no database: '{path}' does not exist. Name its directory with --state, or with ORCHESTRATOR_STATE.");
        }

        Check(SqliteVersion(path), NewestOf(typeof(SqliteDatabase).Assembly), $"'{path}'", demand);
    }

    private static void Check(long? version, long newest, string what, DatabaseDemand demand)
    {
        if (version == 0)
        {
            throw new ArgumentException($"{what} holds no data of the orchestrator; nothing was done.");
        }

        if (demand == DatabaseDemand.Current && version < newest)
        {
            throw new ArgumentException(
                $"{what} has schema version {version}; this version of the command would bring it to {newest} first, so nothing was done. " +
                "Use the version that made it, or migrate it without: orchestrator db migrate");
        }
    }

    private static long? SqliteVersion(string path)
    {
        try
        {
            var text = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString();
            using var connection = new SqliteConnection(text);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'storage_schema'";
            if ((long)command.ExecuteScalar()! == 0)
            {
                return 0;
            }

            command.CommandText = ReadVersion + "storage_schema";
            return (long)command.ExecuteScalar()!;
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    private static async Task<long?> PostgreSqlVersionAsync(PostgreSqlStorageOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(options.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var find = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'storage_schema')", connection);
            find.Parameters.Add(new NpgsqlParameter { Value = options.Schema });
            if (!(bool)(await find.ExecuteScalarAsync(cancellationToken))!)
            {
                return 0;
            }

            using var names = new NpgsqlCommandBuilder();
            await using var read = new NpgsqlCommand($"{ReadVersion}{names.QuoteIdentifier(options.Schema)}.storage_schema", connection);
            return (long)(await read.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    // The scripts that a storage package carries say which version it makes.
    private static long NewestOf(Assembly assembly) => assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Scripts, StringComparison.Ordinal))
        .Max(name => long.Parse(name.AsSpan(Scripts.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture));
}
