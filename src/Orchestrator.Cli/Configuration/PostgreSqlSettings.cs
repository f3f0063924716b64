using Microsoft.Extensions.Configuration;
using Orchestrator.Storage.PostgreSql;

namespace Orchestrator.Cli.Configuration;

/// <summary>
/// Where the PostgreSQL server is that holds the data instead of the SQLite file. Files name the environment variable that holds the connection string; the string itself, with its
/// password, is never in one.
/// </summary>
internal sealed class PostgreSqlSettings
{
    private PostgreSqlSettings(Action<PostgreSqlStorageOptions> apply, string schema) => (Apply, Schema) = (apply, schema);

    /// <summary>Hands the settings over.</summary>
    public Action<PostgreSqlStorageOptions> Apply { get; }

    /// <summary>The schema of the tables.</summary>
    public string Schema { get; }

    /// <summary>Reads section <c>storage</c>; <see langword="null"/> when it names no PostgreSQL.</summary>
    public static PostgreSqlSettings? Read(IConfigurationSection storage, List<string> errors)
    {
        var storageReader = new SettingReader(storage, errors);
        var section = storageReader.Section("postgresql");
        storageReader.RejectUnknown();
        if (!section.Exists())
        {
            return null;
        }

        var reader = new SettingReader(section, errors);
        var options = new PostgreSqlStorageOptions();
        var variable = reader.Text("connectionStringVariable");
        reader.Text("schema", value => options.Schema = value);
        reader.Flag("notify", value => options.Notify = value);
        reader.RejectUnknown();
        options.ConnectionString = ConnectionString(variable, section.Path, errors) ?? "";
        return new PostgreSqlSettings(
            target => (target.ConnectionString, target.Schema, target.Notify) = (options.ConnectionString, options.Schema, options.Notify), options.Schema);
    }

    // What is not a name may be the connection string itself: it is not shown.
    private static string? ConnectionString(string? variable, string path, List<string> errors)
    {
        if (variable is null || variable.Length == 0 || !variable.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            errors.Add($"{path}:connectionStringVariable must be the name of the environment variable that holds the connection string, never the string itself.");
            return null;
        }

        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
        {
            return value;
        }

        errors.Add($"{path}:connectionStringVariable names {variable}, which is not set.");
        return null;
    }
}
