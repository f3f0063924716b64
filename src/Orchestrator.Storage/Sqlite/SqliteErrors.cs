using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Says what an error of SQLite means and what to do about it.</summary>
internal static class SqliteErrors
{
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Constraint = 19;
    private const int NotADatabase = 26;
    private const int GenericError = 1;
    private const int TooBig = 18;
    private const int Mismatch = 20;
    private const int Range = 25;

    public static StorageException Explain(SqliteException error, string path) => error.SqliteErrorCode switch
    {
        var code when SqliteBusy.IsBusy(code) => new StorageException(
            StorageErrorCodes.Busy, $"Other processes kept '{path}' locked for longer than the busy time-out. Try again, or raise BusyTimeout.", error, isTransient: true),
        ReadOnly => new StorageException(
            StorageErrorCodes.ReadOnly, $"'{path}' cannot be written. Give this user the right to write the file and its directory, or choose another path.", error),
        Corrupt or NotADatabase => new StorageException(
            StorageErrorCodes.Corrupt, $"'{path}' is no SQLite database or is damaged. Move it away to start with an empty one, or restore a backup.", error),
        Full => new StorageException(StorageErrorCodes.DiskFull, $"The disk that holds '{path}' is full. Make room and try again.", error, isTransient: true),
        CannotOpen => new StorageException(
            StorageErrorCodes.CannotOpen, $"'{path}' cannot be opened. Check that its directory exists and that this user may write there.", error),
        _ => new StorageException(StorageErrorCodes.Failed, $"SQLite refused to work on '{path}' (error {error.SqliteErrorCode}, {error.SqliteExtendedErrorCode}).", error),
    };

    public static bool IsConstraint(SqliteException error) => error.SqliteErrorCode == Constraint;

    public static bool IsContention(SqliteException error) => SqliteBusy.IsBusy(error.SqliteErrorCode);

    /// <summary>Whether the statement was at fault, so that the connection can be trusted as before.</summary>
    public static bool IsOfStatement(SqliteException error) => error.SqliteErrorCode is GenericError or TooBig or Constraint or Mismatch or Range;
}
