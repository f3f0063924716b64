using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Where the PostgreSQL database is and how it is used.</summary>
public sealed class PostgreSqlStorageOptions
{
    /// <summary>
    /// How to reach the server, in Npgsql's form: <c>Host=db;Username=app;Password=…;Database=app</c>. Never logged and never part of a message. Settings that the
    /// text does not have are chosen by this package.
    /// </summary>
    /// <value>None by default; required.</value>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// The schema that holds the tables, made when it is missing: lower-case ASCII letters, digits and '_', not beginning with a digit, up to 40 characters. Two
    /// applications may share a database by two schemas.
    /// </summary>
    /// <value><c>orchestrator</c> by default.</value>
    [Required]
    [RegularExpression("^[a-z_][a-z0-9_]{0,39}$")]
    public string Schema { get; set; } = "orchestrator";

    /// <summary>
    /// Whether processes tell each other of new work by <c>NOTIFY</c>. Turn it off behind a pooler that shares connections between transactions: <c>LISTEN</c>
    /// does not work there, and workers poll.
    /// </summary>
    /// <value><see langword="true"/> by default.</value>
    public bool Notify { get; set; } = true;

    /// <summary>How long a statement may take, from 1 second to 1 hour, in whole seconds.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For how long maintenance waits for a lock that others hold before it gives up, from 10 milliseconds to 10 minutes: nobody has to wait behind it for longer.</summary>
    /// <value>2 seconds by default.</value>
    public TimeSpan MaintenanceLockTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one statement of maintenance may take, from 1 second to 1 day.</summary>
    /// <value>1 minute by default.</value>
    public TimeSpan MaintenanceStatementTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many connections this process opens at most, from 2 to 1000; one more listens for notifications.</summary>
    /// <value><see langword="null"/>, for what the connection string says or else 20, by default.</value>
    [Range(2, 1000)]
    public int? MaxConnections { get; set; }
}
