using Microsoft.Extensions.Options;
using Npgsql;

namespace Orchestrator.Storage.PostgreSql.DependencyInjection;

/// <summary>The rules that attributes say.</summary>
[OptionsValidator]
internal sealed partial class PostgreSqlStorageOptionsValidator : IValidateOptions<PostgreSqlStorageOptions>;

/// <summary>The rules that attributes cannot say.</summary>
internal sealed class PostgreSqlStorageOptionsRulesValidator : IValidateOptions<PostgreSqlStorageOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgreSqlStorageOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(result, nameof(options.CommandTimeout), options.CommandTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Check(result, nameof(options.MaintenanceLockTimeout), options.MaintenanceLockTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10));
        Check(result, nameof(options.MaintenanceStatementTimeout), options.MaintenanceStatementTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        if (!string.IsNullOrEmpty(options.ConnectionString) && ConnectionStringError(options.ConnectionString) is { } error)
        {
            result.AddError(error, nameof(PostgreSqlStorageOptions.ConnectionString));
        }

        return result.Build();
    }

    /// <summary>What is wrong with a connection string. The parser's own message may quote the text, which holds a password: it is not passed on.</summary>
    public static string? ConnectionStringError(string text)
    {
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(text);
            return parsed switch
            {
                { Host: null or "" } => "must name a server: Host=db.",
                { Multiplexing: true } => "must not ask for multiplexing: transactions need a connection of their own.",
                { Pooling: false } => "must not turn pooling off: every call would connect anew.",
                _ => null,
            };
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException)
        {
            return "is not a connection string of Npgsql; the least that works is Host=db;Username=app;Password=…;Database=app.";
        }
    }

    private static void Check(ValidateOptionsResultBuilder result, string property, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            result.AddError($"must be from {least} to {most}.", property);
        }
    }
}
