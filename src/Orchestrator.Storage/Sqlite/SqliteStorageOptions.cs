using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Where the SQLite database is and how it is used.</summary>
public sealed class SqliteStorageOptions
{
    /// <summary>The database file. It and its directory are made when they are missing. Must lie on a local disk: WAL does not work on network file systems.</summary>
    /// <value><c>orchestrator.db</c> in the current directory by default.</value>
    [Required]
    public string Path { get; set; } = "orchestrator.db";

    /// <summary>A connection string instead of <see cref="Path"/>, for settings that this class does not have. Passwords and in-memory databases are refused.</summary>
    /// <value><see langword="null"/> by default.</value>
    public string? ConnectionString { get; set; }

    /// <summary>What a power failure may cost.</summary>
    /// <value><see cref="SqliteDurability.Full"/> by default.</value>
    [EnumDataType(typeof(SqliteDurability))]
    public SqliteDurability Durability { get; set; } = SqliteDurability.Full;

    /// <summary>How long to wait for other processes that write, from 1 second to 1 hour.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Another SQLite library than the bundled one, as a path or a name that the system finds, such as <c>libsqlite3.so.0</c>; 3.35 or newer, built thread-safe.
    /// One process has one SQLite: the first database decides, and one that asks for another is refused.
    /// </summary>
    /// <value><see langword="null"/> by default: the bundled one, or whichever the process uses already.</value>
    public string? NativeLibrary { get; set; }
}
