using System.Globalization;
using Npgsql;
using Orchestrator.Auditing;
using Orchestrator.Conformance;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance;

[Trait("Engine", "Postgres")]
public sealed class PostgreSqlOperationLogTests : OperationLogConformanceTests, IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();

    private NpgsqlConnection? _forger;

    public async ValueTask DisposeAsync()
    {
        if (_forger is not null)
        {
            await _forger.DisposeAsync();
        }

        await _schema.DisposeAsync();
    }

    protected override IOperationLog Open() => new PostgreSqlOperationLog(_schema.Open(), null);

    protected override async ValueTask<IAsyncDisposable> TamperAsync(LogTampering tampering)
    {
        await ForgeAsync($"""
            CREATE TABLE IF NOT EXISTS kept (LIKE operation_logs); CREATE TABLE IF NOT EXISTS kept_head (LIKE operation_log_head);
            DELETE FROM kept; INSERT INTO kept SELECT * FROM operation_logs;
            DELETE FROM kept_head; INSERT INTO kept_head SELECT * FROM operation_log_head;
            {Sql(tampering)}
            """);
        return new Undo(this);
    }

    private async Task ForgeAsync(string sql)
    {
        _forger ??= await _schema.ConnectAsync();
        await using var command = new NpgsqlCommand(sql, _forger);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    [Fact]
    public async Task A_head_that_was_removed_is_missed()
    {
        var log = Open();
        await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);

        await _schema.ExecuteAsync("DELETE FROM operation_log_head");

        Assert.False((await log.VerifyAsync(Cancel)).IsIntact);
    }

    [Fact]
    public async Task A_log_that_was_emptied_is_missed()
    {
        var log = Open();
        await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);

        await _schema.ExecuteAsync("DELETE FROM operation_logs");

        Assert.Equal(new ChainVerification(false, 0, 1, "Entries 1 to 1 at the end are missing."), await log.VerifyAsync(Cancel));
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_any_more_is_named()
    {
        var log = Open();
        await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);

        await _schema.ExecuteAsync("UPDATE operation_logs SET data = 'no json'");

        var error = await Assert.ThrowsAsync<StorageException>(async () => await log.ReadAsync(new OperationQuery(), Cancel).FirstAsync(Cancel));
        Assert.Equal(StorageErrorCodes.Corrupt, error.Code);
        Assert.Contains("Entry 1 of the operation log", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forged_entries_neither_stop_the_log_nor_take_the_places_of_new_ones()
    {
        var log = Open();
        await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);
        await _schema.ExecuteAsync($"{InsertAt(long.MaxValue, "1")}; {InsertAt(2, "1")}; UPDATE operation_log_head SET entries = {long.MaxValue}");

        var next = await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);
        var last = await log.AppendAsync(new Operation { Name = "host.note" }, Cancel);

        Assert.Equal((3, 4), (next.Sequence, last.Sequence));
        Assert.Equal(2, (await log.VerifyAsync(Cancel)).FirstBadSequence);
    }

    // Constants and numbers only.
    private static string Sql(LogTampering tampering)
    {
        var number = long.TryParse(tampering.Text, CultureInfo.InvariantCulture, out var parsed) ? parsed : 1;
        var at = tampering.Sequence.ToString(CultureInfo.InvariantCulture);
        return tampering.Kind switch
        {
            LogTamperingKind.Change or LogTamperingKind.ChangeType when tampering.Column == "created_at" => $"UPDATE operation_logs SET created_at = created_at + {number} WHERE sequence = {at}",
            LogTamperingKind.Change or LogTamperingKind.ChangeType => $"UPDATE operation_logs SET {tampering.Column} = {tampering.Column} || '{tampering.Text}' WHERE sequence = {at}",
            LogTamperingKind.Remove => $"DELETE FROM operation_logs WHERE sequence = {at}",
            LogTamperingKind.RemoveAndCloseGap => $"""
                DELETE FROM operation_logs WHERE sequence = {at};
                UPDATE operation_logs SET sequence = -sequence WHERE sequence > {at};
                UPDATE operation_logs SET sequence = -sequence - 1 WHERE sequence < 0
                """,
            LogTamperingKind.InsertAtEnd => $"""
                INSERT INTO operation_logs (sequence, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash)
                SELECT (SELECT max(sequence) + 1 FROM operation_logs), name, task_id, execution_id, provider, outcome, '{tampering.Text}', data, worker_name, container_name, created_at,
                    (SELECT hash FROM operation_log_head), hash
                FROM operation_logs WHERE sequence = {at}
                """,
            LogTamperingKind.Swap => $"""
                UPDATE operation_logs SET sequence = -1 WHERE sequence = {at};
                CREATE TEMP TABLE other ON COMMIT DROP AS SELECT sequence AS place FROM operation_logs WHERE sequence IN ({at} + 1, {at} - 1) ORDER BY sequence DESC LIMIT 1;
                UPDATE operation_logs SET sequence = {at} WHERE sequence = (SELECT place FROM other);
                UPDATE operation_logs SET sequence = (SELECT place FROM other) WHERE sequence = -1
                """,
            LogTamperingKind.Truncate => $"DELETE FROM operation_logs WHERE sequence >= {at}",
            LogTamperingKind.InsertBefore => $"""
                UPDATE operation_logs SET sequence = -sequence WHERE sequence >= {at};
                UPDATE operation_logs SET sequence = 1 - sequence WHERE sequence < 0;
                INSERT INTO operation_logs (sequence, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash)
                SELECT {at}, name, task_id, execution_id, provider, outcome, '{tampering.Text}', data, worker_name, container_name, created_at, previous_hash, hash
                FROM operation_logs WHERE sequence = {at} + 1
                """,
            LogTamperingKind.ChangeHead when tampering.Column == "entries" => $"UPDATE operation_log_head SET entries = entries + {number}",
            LogTamperingKind.ChangeHead => $"UPDATE operation_log_head SET hash = hash || '{tampering.Text}'",
            LogTamperingKind.InsertAtLowest => InsertAt(long.MinValue, at),
            LogTamperingKind.InsertAtHighest => InsertAt(long.MaxValue, at),
            _ => throw new ArgumentOutOfRangeException(nameof(tampering)),
        };
    }

    private static string InsertAt(long sequence, string from) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        INSERT INTO operation_logs (sequence, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash)
        SELECT {sequence}, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash
        FROM operation_logs WHERE sequence = {from}
        """);

    private sealed class Undo(PostgreSqlOperationLogTests tests) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await tests.ForgeAsync("""
            DELETE FROM operation_logs; DELETE FROM operation_log_head;
            INSERT INTO operation_logs SELECT * FROM kept; INSERT INTO operation_log_head SELECT * FROM kept_head
            """);
    }
}
