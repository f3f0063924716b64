namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>A group of a queue while its turns are being given out.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class TaskGroup
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns = "group_key, max_running, rate_count, rate_period, rate_burst, weight, virtual_time, tokens, refilled_at";

    private readonly TokenRate? _rate;
    private readonly long? _limit;
    private readonly long _weight;
    private long _running = -1;

    private TaskGroup(SqliteRow row, QueueStand stand, long now)
    {
        Key = row.GetString(0);
        _limit = row.GetInt64OrNull(1) ?? stand.MaxRunningPerGroup;
        _rate = TokenRate.From(row.GetInt64OrNull(2), row.GetInt64OrNull(3), row.GetInt64OrNull(4)) ?? stand.RatePerGroup;
        _weight = row.GetInt64(5);
        StoredTime = row.GetDouble(6);
        Tokens = row.GetDoubleOrNull(7);
        RefilledAt = row.GetInt64OrNull(8);
        if (_rate is not null)
        {
            Tokens = _rate.TokensAt(Tokens, RefilledAt ?? now, now);
            RefilledAt = Math.Max(now, RefilledAt ?? now);
        }
    }

    public string Key { get; }

    /// <summary>Its virtual time as it was read.</summary>
    public double StoredTime { get; }

    /// <summary>Grows with every task that is started: the lowest is served next.</summary>
    public double VirtualTime { get; set; }

    /// <summary>What is left in its bucket; as it was read when it has no rate.</summary>
    public double? Tokens { get; private set; }

    /// <summary>The time of <see cref="Tokens"/>, in milliseconds.</summary>
    public long? RefilledAt { get; private set; }

    /// <summary>Its available tasks that are next, as far as they were read.</summary>
    public Queue<TaskCandidate> Heads { get; } = [];

    /// <summary>Whether a task of it was started.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Whether it has no available tasks at all.</summary>
    public bool IsIdle { get; set; }

    /// <summary>Maps a row of <see cref="Columns"/>.</summary>
    public static TaskGroup Read(SqliteRow row, QueueStand stand, long now) => new(row, stand, now);

    /// <summary>Whether its limits let a task start.</summary>
    /// <param name="slots">How many slots the task takes.</param>
    /// <param name="sumRunning">Sums up the slots of its running tasks; asked once, and only where a limit is.</param>
    public bool CanStart(long slots, Func<long> sumRunning)
    {
        if (_rate is not null && Tokens < TokenRate.One)
        {
            return false;
        }

        if (_limit is not { } limit)
        {
            return true;
        }

        if (_running < 0)
        {
            _running = sumRunning();
        }

        return _running + slots <= limit;
    }

    /// <summary>Counts a task that is being started.</summary>
    public void Start(long slots)
    {
        IsChanged = true;
        VirtualTime += (double)slots / _weight;
        if (_running >= 0)
        {
            _running += slots;
        }

        if (_rate is not null)
        {
            Tokens = Math.Max(0, Tokens!.Value - 1);
        }
    }
}
