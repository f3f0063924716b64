using Orchestrator.Containers;
using Orchestrator.Json;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Containers;

/// <summary>What is stored of containers, as it is read from any database: the columns in their order, and what they become.</summary>
internal static class ContainerRows
{
    public const string TransitionColumns = "pool, engine_id, from_state, to_state, reason, worker_name, container_name, created_at";

    public const string CheckColumns = "pool, kind, passed, message, duration_us, worker_name, container_name, created_at";

    public const string EntryColumns = "pool, worker_name, key, value, version, at";

    public const string RequestColumns = "id, pool, kind, instances, state, message, expires_at, ended_at, worker_name, container_name, created_at, weight";

    public static ContainerTransition Transition<TRow>(TRow row)
        where TRow : struct, IStoredRow => new()
        {
            Pool = row.GetString(0),
            EngineId = row.GetStringOrNull(1),
            From = EnumNames.Parse<InstanceState>(row.GetString(2)),
            To = EnumNames.Parse<InstanceState>(row.GetString(3)),
            Reason = row.GetString(4),
            WorkerName = row.GetString(5),
            ContainerName = row.GetString(6),
            At = SqliteTime.ToTime(row.GetInt64(7)),
        };

    public static ContainerHealthCheck Check<TRow>(TRow row)
        where TRow : struct, IStoredRow => new()
        {
            Pool = row.GetString(0),
            Kind = EnumNames.Parse<ContainerCheckKind>(row.GetString(1)),
            Passed = row.GetBoolean(2),
            Message = row.GetStringOrNull(3),
            Duration = TimeSpan.FromMicroseconds(row.GetInt64(4)),
            WorkerName = row.GetString(5),
            ContainerName = row.GetString(6),
            At = SqliteTime.ToTime(row.GetInt64(7)),
        };

    public static PoolStateEntry Entry<TRow>(TRow row)
        where TRow : struct, IStoredRow => new()
        {
            Pool = row.GetString(0),
            WorkerName = row.GetString(1),
            Key = row.GetString(2),
            Value = row.GetStringOrNull(3),
            Version = row.GetInt64(4),
            At = SqliteTime.ToTime(row.GetInt64(5)),
        };

    public static PoolRequest Request<TRow>(TRow row)
        where TRow : struct, IStoredRow => new()
        {
            Id = Guid.Parse(row.GetString(0)),
            Pool = row.GetString(1),
            Kind = EnumNames.Parse<PoolRequestKind>(row.GetString(2)),
            Instances = row.GetInt64OrNull(3) is >= 0 and <= int.MaxValue and var instances ? (int)instances : null, // what cannot be right would hold up the requests beside it
            State = EnumNames.Parse<PoolRequestState>(row.GetString(4)),
            Message = row.GetStringOrNull(5),
            ExpiresAt = SqliteTime.ToTime(row.GetInt64(6)),
            EndedAt = SqliteTime.ToTime(row.GetInt64OrNull(7)),
            WorkerName = row.GetString(8),
            Instance = row.GetStringOrNull(9),
            CreatedAt = SqliteTime.ToTime(row.GetInt64(10)),
            Weight = row.GetDoubleOrNull(11) is > 0 and <= 1_000 and var weight ? weight : null,
        };
}
