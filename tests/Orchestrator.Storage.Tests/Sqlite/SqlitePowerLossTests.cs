using System.Collections.Concurrent;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

/// <summary>
/// What is on the disk at a random instant of a write load, opened as after a power failure: as it is, cut off anywhere behind what was acknowledged, and with
/// garbage where the last writes did not arrive.
/// </summary>
/// <remarks>
/// The two files are read one after the other, which is as good as at one instant only while the log does not begin anew: whatever a checkpoint moves from the
/// log into the pages meanwhile is in the log still. So the log's salt must be the same before the pages are read and after the log was.
/// </remarks>
public sealed class SqlitePowerLossTests : IDisposable
{
    private const int Callers = 8;
    private const int Copies = 60;

    private readonly SqliteFile _file = new();
    private readonly ConcurrentQueue<long> _acknowledged = new();
    private readonly HashSet<ulong> _salts = [];
    private readonly SemaphoreSlim _allowed = new(0);
    private readonly SemaphoreSlim _progress = new(0);

    private TaskCompletionSource<(SqliteWalFile?, List<long>)>? _request;
    private int _opened;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _file.Dispose();
        _allowed.Dispose();
        _progress.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_acknowledged_write_is_in_every_copy_taken_at_a_random_instant(int seed)
    {
        var random = new Random(seed);
        var database = _file.Open();
        await database.WriteAsync(
            connection =>
            {
                connection.Statement("CREATE TABLE firsts (id INTEGER PRIMARY KEY, text TEXT)").Execute();
                return connection.Statement("CREATE TABLE seconds (id INTEGER PRIMARY KEY, text TEXT)").Execute();
            },
            Cancel);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, Callers).Select(caller => Task.Run(() => WriteAsync(database, caller, stop.Token), Cancel)).ToList();
        for (var copy = 0; copy < Copies; copy++)
        {
            // Some are acknowledged before the copy, others are on their way while it is taken.
            var before = random.Next(1, 40);
            _allowed.Release(before + 20);
            for (var i = 0; i < before; i++)
            {
                await _progress.WaitAsync(Cancel);
            }

            if (random.Next(4) == 0)
            {
                // Moves the log into the database, so that the next write begins it anew. Under the write lock, as ours do: see SqliteCheckpoints.
                using var writeLock = new SqliteWriteLock(_file.Path);
                await _file.ExecuteAsync("PRAGMA wal_checkpoint(PASSIVE)");
            }

            var (pages, wal, acknowledged) = await CopyAsync();
            _salts.Add(wal.Salt);
            await OpenAsync($"{copy}-whole", pages, wal.Bytes, acknowledged);

            // Later writes that arrived in part: any cut behind what was acknowledged, and garbage behind the cut.
            if (SqliteWalFile.TryReadOne(_file.Path + "-wal") is { } later && later.Salt == wal.Salt && later.End > wal.End)
            {
                var cut = random.Next(wal.End, later.End);
                await OpenAsync($"{copy}-cut", pages, later.Bytes[..cut], acknowledged);
                var torn = later.Bytes.ToArray();
                random.NextBytes(torn.AsSpan(cut));
                await OpenAsync($"{copy}-torn", pages, torn, acknowledged);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        await CheckAsync(database, [.. _acknowledged]); // When a copy lacks what is here, the copy is to blame.
        Assert.InRange(_acknowledged.Count, Copies, Copies * 60);
        Assert.InRange(_salts.Count, 5, Copies); // The log began anew now and then.
        Assert.InRange(_opened, Copies + 20, Copies * 3);
    }

    private async Task WriteAsync(SqliteDatabase database, int caller, CancellationToken stop)
    {
        for (var i = 0; await IsAllowedAsync(stop); i++)
        {
            var id = ((long)i * Callers) + caller;
            await database.WriteAsync(
                connection =>
                {
                    var text = new string('x', (int)(id % 700));
                    connection.Statement("INSERT INTO firsts (id, text) VALUES (@id, @text)").Set("@id", id).Set("@text", text).Execute();
                    return connection.Statement("INSERT INTO seconds (id, text) VALUES (@id, @text)").Set("@id", id).Set("@text", text).Execute();
                },
                Cancel);
            _acknowledged.Enqueue(id);
            Answer();
            _progress.Release();
        }
    }

    private async Task<bool> IsAllowedAsync(CancellationToken stop)
    {
        try
        {
            await _allowed.WaitAsync(stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // The log is read the moment a caller is answered. When it began anew since the pages were read, or while it is read, these are halves of two instants: taken again.
    private async Task<(byte[] Pages, SqliteWalFile Wal, List<long> Acknowledged)> CopyAsync()
    {
        while (true)
        {
            var salt = SqliteWalFile.ReadSalt(_file.Path + "-wal");
            var pages = SqliteWalFile.Read(_file.Path).Bytes;
            var request = new TaskCompletionSource<(SqliteWalFile?, List<long>)>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _request, request);
            _allowed.Release(Callers);
            var (wal, acknowledged) = await request.Task.WaitAsync(Cancel);
            if (wal?.Salt == salt)
            {
                return (pages, wal, acknowledged);
            }
        }
    }

    private void Answer()
    {
        if (Interlocked.Exchange(ref _request, null) is { } request)
        {
            var acknowledged = _acknowledged.ToList();
            request.SetResult((SqliteWalFile.TryReadOne(_file.Path + "-wal"), acknowledged));
        }
    }

    private async Task OpenAsync(string name, byte[] pages, byte[] wal, List<long> acknowledged)
    {
        _opened++;
        var path = Path.Combine(_file.Directory, name + ".db");
        await File.WriteAllBytesAsync(path, pages, Cancel);
        await File.WriteAllBytesAsync(path + "-wal", wal, Cancel);
        using var copy = _file.Open(options => options.Path = path);

        await CheckAsync(copy, acknowledged);
        Assert.Equal(1, await copy.WriteAsync(connection => connection.Statement("INSERT INTO firsts (id) VALUES (-1)").Execute(), Cancel));
        copy.Dispose();
        File.Delete(path);
    }

    private static async Task CheckAsync(SqliteDatabase database, List<long> acknowledged)
    {
        var kept = await database.ReadAsync(connection => connection.Statement("SELECT id FROM firsts JOIN seconds USING (id, text)").Query(row => row.GetInt64(0)).ToHashSet(), Cancel);
        Assert.Superset(acknowledged.ToHashSet(), kept);
        Assert.Equal("ok", await database.ReadAsync(connection => connection.Statement("PRAGMA integrity_check").Single(row => row.GetString(0)), Cancel));
        Assert.Equal(
            (kept.Count, kept.Count),
            await database.ReadAsync(connection => connection.Statement("SELECT (SELECT count(*) FROM firsts), (SELECT count(*) FROM seconds)").Single(row => (row.GetInt32(0), row.GetInt32(1))), Cancel));
    }
}
