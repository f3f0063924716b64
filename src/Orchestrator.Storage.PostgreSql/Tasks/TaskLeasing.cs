using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>Gives tasks to workers.</summary>
internal static class TaskLeasing
{
    private const string LeaseTasks = "SELECT * FROM {schema}.lease_tasks($1, $2, $3, $4, $5::integer, $6::text[], $7::text, $8, $9, $10, $11::jsonb)";

    /// <summary>The statement that leases, and its values.</summary>
    public static (string Sql, object?[] Values) Statement(LeaseRequest request, DateTimeOffset now) => (
        LeaseTasks,
        [
            request.Queue,
            now.ToUnixTimeMilliseconds(),
            (now + request.Duration).ToUnixTimeMilliseconds(),
            request.Count,
            request.Slots,
            request.Types.Count == 0 ? null : request.Types.ToArray(),
            request.TaskId,
            request.Worker.Id,
            request.Worker.WorkerName,
            request.Worker.ContainerName,
            OrchestratorJson.Write(request.Labels, OrchestratorJsonContext.Default.ValueMap),
        ]);

    /// <summary>Maps a row of the statement; <see langword="null"/> for the one that tells of windows to be computed.</summary>
    public static Func<Npgsql.NpgsqlDataReader, TaskLease?> Mapping(LeaseRequest request, DateTimeOffset now)
    {
        var expires = SqliteTime.ToTime((now + request.Duration).ToUnixTimeMilliseconds());
        return row => row.IsDBNull(0) ? null : new TaskLease { Task = TaskRows.Read(row), ExpiresAt = expires };
    }

    /// <summary>Leases.</summary>
    public static async ValueTask<ValueList<TaskLease>> LeaseAsync(PostgreSqlDatabase database, LeaseRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (sql, values) = Statement(request, now);
        var rows = await database.WriteAsync(
            (session, cancel) => session.QueryAsync(sql, Mapping(request, now), cancel, values), cancellationToken).ConfigureAwait(false);
        return await CompleteAsync(database, rows, request, now, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Computes windows when the rows say so, and leases what can run by then and still fits.</summary>
    public static async ValueTask<ValueList<TaskLease>> CompleteAsync(
        PostgreSqlDatabase database, List<TaskLease?> rows, LeaseRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (rows.Count == 0 || rows[^1] is not null)
        {
            return rows.OfType<TaskLease>().ToValueList();
        }

        rows.RemoveAt(rows.Count - 1);
        var slots = request.Slots - rows.Sum(lease => lease!.Task.Slots);
        try
        {
            await TaskWindows.MoveAsync(database, request.Queue, now, promotes: true, cancellationToken).ConfigureAwait(false);
            if (rows.Count < request.Count && slots is null or > 0)
            {
                var (sql, values) = Statement(request with { Count = request.Count - rows.Count, Slots = slots }, now);
                rows.AddRange(await database.WriteAsync(
                    (session, cancel) => session.QueryAsync(sql, Mapping(request, now), cancel, values), cancellationToken).ConfigureAwait(false));
            }
        }
        catch (Exception error) when (rows.Count > 0 && error is (StorageException or OperationCanceledException))
        {
            // What was leased is: its worker must hear of it. The windows are still to be computed at the next call.
        }

        return rows.OfType<TaskLease>().ToValueList();
    }
}
