using System.Globalization;
using Orchestrator.Auditing;
using Orchestrator.Conformance;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteOperationLogTests : OperationLogConformanceTests, IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    protected override IOperationLog Open() => new SqliteOperationLog(_file.Open(), _file.Time, null);

    protected override async ValueTask<IAsyncDisposable> TamperAsync(LogTampering tampering)
    {
        await _file.ExecuteAsync(Fast($"CREATE TABLE kept AS SELECT * FROM operation_logs; CREATE TABLE kept_head AS SELECT * FROM operation_log_head; {Sql(tampering)}"), new { tampering.Sequence, tampering.Text, Number = long.TryParse(tampering.Text, CultureInfo.InvariantCulture, out var number) ? number : 1 });
        return new Undo(_file);
    }

    [Fact]
    public async Task A_head_that_was_removed_is_missed()
    {
        var log = Open();
        await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);

        await _file.ExecuteAsync("DELETE FROM operation_log_head");

        Assert.False((await log.VerifyAsync(Cancel)).IsIntact);
    }

    [Fact]
    public async Task A_log_that_was_emptied_is_missed()
    {
        var log = Open();
        await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);

        await _file.ExecuteAsync("DELETE FROM operation_logs");

        Assert.Equal(new ChainVerification(false, 0, 1, "Entries 1 to 1 at the end are missing."), await log.VerifyAsync(Cancel));
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_any_more_is_named()
    {
        var log = Open();
        await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);

        await _file.ExecuteAsync("UPDATE operation_logs SET data = 'no json'");

        var error = await Assert.ThrowsAsync<StorageException>(async () => await log.ReadAsync(new OperationQuery(), Cancel).FirstAsync(Cancel));
        Assert.Equal(StorageErrorCodes.Corrupt, error.Code);
        Assert.Contains("Entry 1 of the operation log", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("created_at = 'yesterday'")]
    [InlineData("message = x'00FF'")]
    [InlineData("data = x'7B7D'")]
    public async Task A_value_of_another_type_is_the_fault_of_its_entry(string change)
    {
        var log = Open();
        await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);
        await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);

        await _file.ExecuteAsync($"UPDATE operation_logs SET {change} WHERE sequence = 2");

        Assert.Equal(new ChainVerification(false, 1, 2, "Entry 2 is not as it was written."), await log.VerifyAsync(Cancel));
        var error = await Assert.ThrowsAsync<StorageException>(async () => await log.ReadAsync(new OperationQuery { After = 1 }, Cancel).FirstAsync(Cancel));
        Assert.Equal(StorageErrorCodes.Corrupt, error.Code);
    }

    [Fact]
    public async Task Forged_entries_neither_stop_the_log_nor_take_the_places_of_new_ones()
    {
        var log = Open();
        await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);
        await _file.ExecuteAsync(InsertAt(long.MaxValue) + ";" + InsertAt(2), new { Sequence = 1 });
        await _file.ExecuteAsync($"UPDATE operation_log_head SET entries = {long.MaxValue}");

        var next = await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);
        var last = await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);

        Assert.Equal((3, 4), (next.Sequence, last.Sequence));
        Assert.Equal(2, (await log.VerifyAsync(Cancel)).FirstBadSequence);
    }

    private static string Fast(string sql) => $"PRAGMA synchronous = OFF; BEGIN IMMEDIATE; {sql}; COMMIT";

    private static string Sql(LogTampering tampering) => tampering.Kind switch
    {
        LogTamperingKind.Change => $"""
            UPDATE operation_logs SET {tampering.Column} = CASE typeof({tampering.Column}) WHEN 'integer' THEN {tampering.Column} + @Number ELSE {tampering.Column} || @Text END
            WHERE sequence = @Sequence
            """,
        LogTamperingKind.Remove => "DELETE FROM operation_logs WHERE sequence = @Sequence",
        LogTamperingKind.RemoveAndCloseGap => """
            DELETE FROM operation_logs WHERE sequence = @Sequence;
            UPDATE operation_logs SET sequence = -sequence WHERE sequence > @Sequence;
            UPDATE operation_logs SET sequence = -sequence - 1 WHERE sequence < 0
            """,
        LogTamperingKind.InsertAtEnd => """
            INSERT INTO operation_logs (sequence, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash)
            SELECT (SELECT max(sequence) + 1 FROM operation_logs), name, task_id, execution_id, provider, outcome, @Text, data, worker_name, container_name, created_at,
                (SELECT hash FROM operation_log_head), hash
            FROM operation_logs WHERE sequence = @Sequence
            """,
        LogTamperingKind.Swap => """
            UPDATE operation_logs SET sequence = -1 WHERE sequence = @Sequence;
            UPDATE operation_logs SET sequence = @Sequence WHERE sequence = (
                SELECT sequence FROM operation_logs WHERE sequence IN (@Sequence + 1, @Sequence - 1) ORDER BY sequence DESC LIMIT 1);
            UPDATE operation_logs SET sequence = coalesce(
                (SELECT @Sequence + 1 FROM operation_logs WHERE sequence > @Sequence + 1 AND NOT EXISTS (SELECT 1 FROM operation_logs WHERE sequence = @Sequence + 1)),
                (SELECT @Sequence + 1 WHERE NOT EXISTS (SELECT 1 FROM operation_logs WHERE sequence = @Sequence + 1) AND EXISTS (SELECT 1 FROM operation_logs WHERE sequence = @Sequence - 1)),
                @Sequence - 1) WHERE sequence = -1
            """,
        LogTamperingKind.Truncate => "DELETE FROM operation_logs WHERE sequence >= @Sequence",
        LogTamperingKind.InsertBefore => """
            UPDATE operation_logs SET sequence = -sequence WHERE sequence >= @Sequence;
            UPDATE operation_logs SET sequence = 1 - sequence WHERE sequence < 0;
            INSERT INTO operation_logs (sequence, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash)
            SELECT @Sequence, name, task_id, execution_id, provider, outcome, @Text, data, worker_name, container_name, created_at, previous_hash, hash
            FROM operation_logs WHERE sequence = @Sequence + 1
            """,
        LogTamperingKind.ChangeHead => $"""
            UPDATE operation_log_head SET {tampering.Column} = CASE typeof({tampering.Column}) WHEN 'integer' THEN {tampering.Column} + @Number ELSE {tampering.Column} || @Text END
            """,
        LogTamperingKind.InsertAtLowest => InsertAt(long.MinValue),
        LogTamperingKind.InsertAtHighest => InsertAt(long.MaxValue),
        LogTamperingKind.ChangeType => $"UPDATE operation_logs SET {tampering.Column} = CAST({tampering.Column} AS BLOB) WHERE sequence = @Sequence",
        _ => throw new ArgumentOutOfRangeException(nameof(tampering)),
    };

    private static string InsertAt(long sequence) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        INSERT INTO operation_logs (sequence, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash)
        SELECT {sequence}, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash
        FROM operation_logs WHERE sequence = @Sequence
        """);

    private sealed class Undo(SqliteFile file) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await file.ExecuteAsync(Fast("""
            DELETE FROM operation_logs; DELETE FROM operation_log_head;
            INSERT INTO operation_logs SELECT * FROM kept; INSERT INTO operation_log_head SELECT * FROM kept_head;
            DROP TABLE kept; DROP TABLE kept_head
            """));
    }
}
