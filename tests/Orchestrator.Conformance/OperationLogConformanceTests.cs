using Orchestrator.Auditing;
using Orchestrator.Testing;

namespace Orchestrator.Conformance;

/// <summary>What every lasting <see cref="IOperationLog"/> must do. Each test starts with an empty database.</summary>
public abstract class OperationLogConformanceTests
{
    private const int Entries = 12;

    private static readonly string[] Columns =
        ["name", "task_id", "execution_id", "provider", "outcome", "message", "data", "worker_name", "container_name", "created_at", "previous_hash", "hash"];

    /// <summary>Opens the test's database: once more each time it is called, as another process would.</summary>
    protected abstract IOperationLog Open();

    /// <summary>Forges the log behind its back; disposing what it returns takes the forgery back.</summary>
    protected abstract ValueTask<IAsyncDisposable> TamperAsync(LogTampering tampering);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_is_kept_as_it_was_appended()
    {
        var log = Open();
        var operation = new Operation
        {
            Name = OperationNames.PatchApplied,
            TaskId = "task-1",
            ExecutionId = "execution-1",
            Provider = "codex",
            Outcome = OperationOutcome.Succeeded,
            Message = "3 files; \"quotes\", ä€😀\n",
            Data = new ValueMap([new("files", "3"), new("", "'; DROP TABLE operation_logs; --")]),
            WorkerName = "w",
            ContainerName = "c",
        };

        var first = await log.AppendAsync(operation, Cancel);
        var second = await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);

        Assert.Equal((1, new string('0', 64), operation), (first.Sequence, first.PreviousHash, first.Operation));
        Assert.Equal((2, first.Hash), (second.Sequence, second.PreviousHash));
        Assert.Equal([first, second], await ReadAsync(Open(), new OperationQuery()));
    }

    [Fact]
    public async Task A_NUL_character_is_replaced_and_the_log_stays_intact()
    {
        var log = Open();

        var entry = await log.AppendAsync(new Operation { Name = "host.note", TaskId = "t", Message = "a\0b", Data = ValueMap.Empty.With("c\0", "d\0e") }, Cancel);

        Assert.Equal(("a\uFFFDb", "d\uFFFDe"), (entry.Operation.Message, entry.Operation.Data["c\uFFFD"]));
        Assert.Equal([entry], await ReadAsync(log, new OperationQuery()));
        Assert.Equal(new ChainVerification(true, 1), await log.VerifyAsync(Cancel));
    }

    [Fact]
    public async Task An_empty_log_is_intact()
    {
        Assert.Equal(new ChainVerification(true, 0), await Open().VerifyAsync(Cancel));
    }

    [Fact]
    public async Task Entries_are_read_by_task_name_place_and_number()
    {
        var log = Open();
        foreach (var i in Enumerable.Range(1, 6))
        {
            await log.AppendAsync(new Operation { Name = i % 2 == 0 ? "even" : "odd", TaskId = i <= 3 ? "a" : "b" }, Cancel);
        }

        Assert.Equal([1, 2, 3], await SequencesAsync(log, new OperationQuery { TaskId = "a" }));
        Assert.Equal([4, 6], await SequencesAsync(log, new OperationQuery { TaskId = "b", Name = "even" }));
        Assert.Equal([5, 6], await SequencesAsync(log, new OperationQuery { After = 4 }));
        Assert.Equal([3, 5], await SequencesAsync(log, new OperationQuery { Name = "odd", After = 1, Limit = 2 }));
    }

    [Fact]
    public async Task A_log_of_several_pages_is_read_and_verified_whole()
    {
        var log = Open();
        await AppendAsync(log, 1001);

        Assert.Equal(Enumerable.Range(1, 1001).Select(i => (long)i), await SequencesAsync(log, new OperationQuery()));
        Assert.Equal(new ChainVerification(true, 1001), await log.VerifyAsync(Cancel));
    }

    [Fact]
    public async Task Instances_that_append_at_once_make_one_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => AppendAsync(Open(), 20), Cancel)));

        Assert.Equal(new ChainVerification(true, 120), await Open().VerifyAsync(Cancel));
    }

    [Fact]
    public async Task A_log_can_be_verified_while_others_append()
    {
        var log = Open();
        await AppendAsync(log, 10);
        var appending = Task.Run(() => AppendAsync(Open(), 100), Cancel);

        while (!appending.IsCompleted)
        {
            Assert.True((await log.VerifyAsync(Cancel)).IsIntact);
        }

        await appending;
        Assert.Equal(new ChainVerification(true, 110), await log.VerifyAsync(Cancel));
    }

    [Fact]
    public async Task Each_of_1000_random_forgeries_is_found()
    {
        var log = Open();
        await AppendAsync(log, Entries);
        var random = SeededRandom.Create(20260101);
        var kinds = new HashSet<LogTamperingKind>();

        foreach (var _ in Enumerable.Range(0, 1000))
        {
            var tampering = Tampering(random);
            kinds.Add(tampering.Kind);
            await using (await TamperAsync(tampering))
            {
                var found = await log.VerifyAsync(Cancel);
                Assert.False(found.IsIntact, $"{tampering} was not found.");
                Assert.NotNull(found.Message);
                Assert.InRange(found.FirstBadSequence!.Value, 1, Entries + 10);
            }
        }

        Assert.Equal(Enum.GetValues<LogTamperingKind>().ToHashSet(), kinds);
        Assert.Equal(new ChainVerification(true, Entries), await log.VerifyAsync(Cancel));
    }

    private static LogTampering Tampering(Random random)
    {
        var kind = random.Next(2) == 0 ? LogTamperingKind.Change : (LogTamperingKind)random.Next(1, Enum.GetValues<LogTamperingKind>().Length);
        var columns = kind == LogTamperingKind.ChangeHead ? ["entries", "hash"] : Columns;
        return new LogTampering(
            kind, random.Next(1, Entries + 1), columns[random.Next(columns.Length)], random.Next(1, 10).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_forgery_is_still_found_after_more_was_appended()
    {
        var log = Open();
        await AppendAsync(log, Entries);
        foreach (var kind in Enum.GetValues<LogTamperingKind>().Except([LogTamperingKind.ChangeHead]))
        {
            await using (await TamperAsync(new LogTampering(kind, Entries, "message", "forged")))
            {
                await AppendAsync(log, 1);
                Assert.False((await log.VerifyAsync(Cancel)).IsIntact, $"{kind} was not found.");
            }
        }
    }

    private static async Task AppendAsync(IOperationLog log, int count)
    {
        foreach (var i in Enumerable.Range(1, count))
        {
            await log.AppendAsync(
                new Operation
                {
                    Name = "host.note",
                    TaskId = $"task-{i}",
                    ExecutionId = $"execution-{i}",
                    Provider = "codex",
                    Outcome = OperationOutcome.Succeeded,
                    Message = $"note {i}",
                    Data = ValueMap.Empty.With("n", $"{i}"),
                },
                Cancel);
        }
    }

    private static async Task<List<OperationEntry>> ReadAsync(IOperationLog log, OperationQuery query)
    {
        var entries = new List<OperationEntry>();
        await foreach (var entry in log.ReadAsync(query, Cancel))
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static async Task<IEnumerable<long>> SequencesAsync(IOperationLog log, OperationQuery query) => (await ReadAsync(log, query)).Select(entry => entry.Sequence);
}
