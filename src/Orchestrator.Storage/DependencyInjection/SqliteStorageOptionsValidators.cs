using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.DependencyInjection;

/// <summary>The rules that attributes say.</summary>
[OptionsValidator]
internal sealed partial class SqliteStorageOptionsValidator : IValidateOptions<SqliteStorageOptions>;

/// <summary>The rules that attributes cannot say.</summary>
internal sealed class SqliteStorageOptionsRulesValidator : IValidateOptions<SqliteStorageOptions>
{
    private static readonly TimeSpan MinBusyTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBusyTimeout = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, SqliteStorageOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.BusyTimeout < MinBusyTimeout || options.BusyTimeout > MaxBusyTimeout)
        {
            result.AddError($"must be from {MinBusyTimeout} to {MaxBusyTimeout}.", nameof(SqliteStorageOptions.BusyTimeout));
        }

        if (options.NativeLibrary is { } library && string.IsNullOrWhiteSpace(library))
        {
            result.AddError("must name a library, or be null for the bundled one.", nameof(SqliteStorageOptions.NativeLibrary));
        }

        if (options.ConnectionString is { } text && ConnectionStringError(text) is { } error)
        {
            result.AddError(error, nameof(SqliteStorageOptions.ConnectionString));
        }

        return result.Build();
    }

    // The parser's own message quotes the text, which may hold a password: it is not passed on.
    private static string? ConnectionStringError(string text)
    {
        try
        {
            var parsed = new SqliteConnectionStringBuilder(text);
            return parsed switch
            {
                { DataSource: "" } => "must name a file: Data Source=orchestrator.db.",
                { Password.Length: > 0 } => "must not hold a password: the bundled SQLite does not encrypt.",
                { DataSource: ":memory:" } or { Mode: SqliteOpenMode.Memory } => "must not name an in-memory database: tasks have to outlive the process.",
                { Mode: SqliteOpenMode.ReadOnly } => "must not open the database read-only.",
                _ => null,
            };
        }
        catch (ArgumentException)
        {
            return "is not a SQLite connection string; the least that works is Data Source=orchestrator.db.";
        }
    }
}
