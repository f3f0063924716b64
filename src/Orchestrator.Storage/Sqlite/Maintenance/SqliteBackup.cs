using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>Copies a database page by page from one snapshot, beside its writers.</summary>
internal sealed class SqliteBackup(SqliteConnections connections, TimeProvider time)
{
    private const int PagesAStep = 256;

    private static readonly string[] Companions = ["-wal", "-journal"];

    public void Run(string path, bool overwrite, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        RefuseWrongTarget(path, overwrite);
        var partial = $"{path}.{Guid.CreateVersion7(time.GetUtcNow()):N}.partial";
        try
        {
            Create(partial);
            Copy(partial, progress, cancellationToken);
            Verify(partial);
            Flush(partial);
            File.Move(partial, path, overwrite);
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Explain(error, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw !overwrite && File.Exists(path) ? Exists(path) : new StorageException(
                StorageErrorCodes.CannotOpen, $"The backup '{path}' cannot be made. Check that its directory exists and that this user may write there.", error);
        }
        finally
        {
            Remove(partial);
        }
    }

    private void RefuseWrongTarget(string path, bool overwrite)
    {
        var (target, source) = (SqliteFileSystem.Resolve(path), SqliteFileSystem.Resolve(connections.Path));
        if (Companions.Concat(["-shm", ""]).Any(end => target == source + end))
        {
            throw new ArgumentException("A database cannot be its own backup.", nameof(path));
        }

        if (Directory.Exists(path))
        {
            throw new StorageException(StorageErrorCodes.PathIsDirectory, $"'{path}' is a directory. Name a file in it.");
        }

        if (!overwrite && File.Exists(path))
        {
            throw Exists(path);
        }

        // What lies beside a file under these names is replayed into it when it is opened.
        if (Companions.FirstOrDefault(end => File.Exists(path + end)) is { } end)
        {
            throw new StorageException(StorageErrorCodes.AlreadyExists, $"'{path}{end}' exists: something has a database of that name open, or left it behind. Choose another name, or remove it.");
        }
    }

    private void Copy(string partial, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        using var source = connections.OpenReader();
        using var target = OpenTarget(partial);

        // An open read transaction pins the snapshot: without it, every commit of others would start the copy over again.
        source.Statement("BEGIN").Execute();
        var page = source.Statement("PRAGMA page_size").Scalar() ?? 0;
        _ = source.Statement("SELECT count(*) FROM sqlite_master").Scalar();
        using var backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main")
            ?? throw new SqliteException("The backup cannot begin.", raw.SQLITE_ERROR);
        int code;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            code = raw.sqlite3_backup_step(backup, PagesAStep);
            if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE))
            {
                throw SqliteBusy.Error(code, target.Handle!);
            }

            var total = raw.sqlite3_backup_pagecount(backup);
            progress?.Report(new BackupProgress((total - raw.sqlite3_backup_remaining(backup)) * page, total * page));
        }
        while (code != raw.SQLITE_DONE);
    }

    private static SqliteConnection OpenTarget(string partial)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = partial, Pooling = false }.ToString());
        try
        {
            connection.Open();

            // Nobody sees the file before it is whole: it needs no journal, and waits for the disk once, at its end.
            connection.Statement("PRAGMA journal_mode = OFF").Execute();
            connection.Statement("PRAGMA synchronous = OFF").Execute();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Verify(string partial)
    {
        using var copy = OpenTarget(partial);
        if (copy.Statement("PRAGMA quick_check(1)").Single(row => row.GetString(0)) != "ok")
        {
            throw new StorageException(StorageErrorCodes.Corrupt, "The database is damaged: its copy is not sound, and is not kept. Run a check, and restore an earlier backup.");
        }
    }

    private static void Create(string partial)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(partial, options).Dispose();
    }

    private static void Flush(string partial)
    {
        using var file = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    private static void Remove(string partial)
    {
        foreach (var file in Companions.Append("-shm").Append("").Select(end => partial + end).Where(File.Exists))
        {
            File.Delete(file);
        }
    }

    private static StorageException Exists(string path) =>
        new(StorageErrorCodes.AlreadyExists, $"'{path}' exists. Choose another name, or allow it to be overwritten.");
}
