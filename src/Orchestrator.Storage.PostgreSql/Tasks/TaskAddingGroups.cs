using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>
/// Adds what callers of this process add at the same time in one statement and one commit. Whoever finds nobody at it begins at once and alone; who comes meanwhile
/// goes with the next group: groups grow with the load, and nobody waits when there is none.
/// </summary>
/// <remarks>Thread-safe. Only for tasks without deduplication keys.</remarks>
internal sealed class TaskAddingGroups(PostgreSqlDatabase database)
{
    private const int MaxUnderWay = 2;
    private const int MaxTasks = 500;
    private const int MaxCharacters = 1_000_000;
    private const int MaxTasksOfOne = 50;

    // A task's time of creation is its group's.
    private static readonly TimeSpan MaxDistance = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new(); // guards the fields below, and which additions wait
    private readonly Queue<Addition> _waiting = new();
    private int _underWay;

    /// <summary>Adds tasks. Not to be cancelled any more once they are on their way with others'.</summary>
    public async ValueTask<EnqueueResult[]> AddAsync(PreparedTask[] tasks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var size = tasks.Sum(static task => task.Payload.Length);
        if (tasks.Length > MaxTasksOfOne || size > MaxCharacters)
        {
            return await AddAloneAsync(tasks, now, cancellationToken).ConfigureAwait(false);
        }

        if (Join(tasks, size, now) is not { } addition)
        {
            try
            {
                return await AddAloneAsync(tasks, now, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                HandOn();
            }
        }

        var cancelled = cancellationToken.UnsafeRegister(static (state, token) => ((Addition)state!).Cancel(token), addition);
        await using (cancelled.ConfigureAwait(false))
        {
            if (await addition.Outcome.ConfigureAwait(false) is { } results)
            {
                return results;
            }
        }

        return await LeadAsync(addition).ConfigureAwait(false);
    }

    /// <returns><see langword="null"/> for one who begins at once.</returns>
    private Addition? Join(PreparedTask[] tasks, int size, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_underWay < MaxUnderWay)
            {
                _underWay++;
                return null;
            }

            var addition = new Addition(tasks, size, now);
            _waiting.Enqueue(addition);
            return addition;
        }
    }

    /// <summary>Lets the first of those who wait lead the next group.</summary>
    private void HandOn()
    {
        lock (_gate)
        {
            var group = new List<Addition>();
            for (var (count, size) = (0, 0); _waiting.TryPeek(out var next); _waiting.Dequeue())
            {
                count += next.Tasks.Length;
                size += next.Size;
                if (group.Count > 0 && (count > MaxTasks || size > MaxCharacters || (next.Now - group[0].Now).Duration() > MaxDistance))
                {
                    break;
                }

                if (next.Take())
                {
                    group.Add(next);
                }
            }

            if (group.Count == 0)
            {
                _underWay--;
                return;
            }

            group[0].Lead(group);
        }
    }

    private async ValueTask<EnqueueResult[]> LeadAsync(Addition leader)
    {
        try
        {
            var group = leader.Group!;
            var results = group.Count == 1
                ? await AddAloneAsync(leader.Tasks, leader.Now, CancellationToken.None).ConfigureAwait(false)
                : await AddGroupAsync(leader, group).ConfigureAwait(false);
            return results[..leader.Tasks.Length];
        }
        finally
        {
            HandOn();
        }
    }

    private async ValueTask<EnqueueResult[]> AddGroupAsync(Addition leader, List<Addition> group)
    {
        try
        {
            var results = await AddAloneAsync([.. group.SelectMany(static addition => addition.Tasks)], group.Max(static addition => addition.Now), CancellationToken.None).ConfigureAwait(false);
            var begin = leader.Tasks.Length;
            foreach (var addition in group.Skip(1))
            {
                addition.Finish(results[begin..(begin + addition.Tasks.Length)]);
                begin += addition.Tasks.Length;
            }

            return results;
        }
        catch (Exception error) when (error is not (StorageException { IsTransient: true } or ObjectDisposedException))
        {
            // One of them is to blame: each on its own, so that only that one hears of it.
            await Task.WhenAll(group.Skip(1).Select(addition => addition.FinishAsync(AddAloneAsync(addition.Tasks, addition.Now, CancellationToken.None)))).ConfigureAwait(false);
            return await AddAloneAsync(leader.Tasks, leader.Now, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            group.ForEach(addition => addition.Fail(error));
            throw;
        }
    }

    private ValueTask<EnqueueResult[]> AddAloneAsync(PreparedTask[] tasks, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync((session, cancel) => TaskAdding.AddAsync(session, tasks, now, cancel), cancellationToken);

    /// <summary>What one caller adds, while it waits for others.</summary>
    private sealed class Addition(PreparedTask[] tasks, int size, DateTimeOffset now)
    {
        private readonly TaskCompletionSource<EnqueueResult[]?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _isDecided; // 1 once it is taken into a group or cancelled, whichever comes first

        public PreparedTask[] Tasks => tasks;

        public int Size => size;

        public DateTimeOffset Now => now;

        /// <summary>Whom it leads; the first is itself.</summary>
        public List<Addition>? Group { get; private set; }

        /// <summary>Its results; <see langword="null"/> when it is to lead.</summary>
        public Task<EnqueueResult[]?> Outcome => _outcome.Task;

        public bool Take() => Interlocked.Exchange(ref _isDecided, 1) == 0;

        public void Cancel(CancellationToken token)
        {
            if (Take())
            {
                _outcome.SetCanceled(token);
            }
        }

        public void Lead(List<Addition> group)
        {
            Group = group;
            _outcome.SetResult(null);
        }

        public void Finish(EnqueueResult[] results) => _outcome.SetResult(results);

        public void Fail(Exception error) => _outcome.TrySetException(error);

        public async Task FinishAsync(ValueTask<EnqueueResult[]> results)
        {
            try
            {
                Finish(await results.ConfigureAwait(false));
            }
            catch (Exception error)
            {
                Fail(error); // Its caller's to handle.
            }
        }
    }
}
