namespace Orchestrator.Storage;

/// <summary>The codes of <see cref="StorageException"/>.</summary>
public static class StorageErrorCodes
{
    /// <summary>The database was made by a newer version of this package.</summary>
    public const string SchemaTooNew = "storage.schema_too_new";

    /// <summary>The schema cannot be brought up to date.</summary>
    public const string MigrationFailed = "storage.migration_failed";

    /// <summary>The file is no SQLite database, or is damaged.</summary>
    public const string Corrupt = "storage.corrupt";

    /// <summary>The file or its directory cannot be written.</summary>
    public const string ReadOnly = "storage.read_only";

    /// <summary>The path is a directory.</summary>
    public const string PathIsDirectory = "storage.path_is_directory";

    /// <summary>The file cannot be opened or made.</summary>
    public const string CannotOpen = "storage.cannot_open";

    /// <summary>The file lies on a network file system.</summary>
    public const string NetworkFileSystem = "storage.network_file_system";

    /// <summary>The SQLite library that was asked for cannot be used, or another one is in use already.</summary>
    public const string NativeLibrary = "storage.native_library";

    /// <summary>Something exists where a new file was to be made.</summary>
    public const string AlreadyExists = "storage.already_exists";

    /// <summary>Other processes kept the database locked for longer than the busy time-out. Transient.</summary>
    public const string Busy = "storage.busy";

    /// <summary>The disk is full. Transient.</summary>
    public const string DiskFull = "storage.disk_full";

    /// <summary>This engine cannot do it; the message names the tool that can.</summary>
    public const string NotSupported = "storage.not_supported";

    /// <summary>Any other fault of the database engine; its exception is the inner one.</summary>
    public const string Failed = "storage.failed";

    /// <summary>A result or checkpoint is longer than <see cref="TaskStoreLimits.MaxResultLength"/>.</summary>
    public const string TooLarge = "storage.too_large";

    /// <summary>A schedule in the database cannot be read; the message says where. Putting or removing it mends that.</summary>
    public const string Unreadable = "storage.unreadable";

    /// <summary>A task of a plan has an id or deduplication key that is taken.</summary>
    public const string PlanConflict = "storage.plan_conflict";
}
