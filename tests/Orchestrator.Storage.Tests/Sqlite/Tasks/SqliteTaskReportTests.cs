using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite.Tasks;

public sealed class SqliteTaskReportTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SqliteFile _file = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task No_secret_reaches_the_disk_through_progress_and_log_lines()
    {
        var store = new SqliteTaskStore(_file.Open(), new WordRedactor());
        await store.AddAsync([new TaskSubmission { Id = "t1", Type = "test", Payload = "1" }], Now, Cancel);
        var lease = Assert.Single(await store.LeaseAsync(new LeaseRequest { Worker = new() { Id = "w", WorkerName = "w" } }, Now, Cancel));

        await store.ReportAsync(lease.Token, new TaskProgress(1, "with hunter2"), [new TaskLogLine { Text = "hunter2 again" }], Now, Cancel);

        Assert.Equal("with ***", (await store.GetAsync("t1", Cancel))!.Progress!.Value.Message);
        Assert.DoesNotContain("hunter2", await _file.AllBytesAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_does_not_write_a_large_payload_anew()
    {
        var store = new SqliteTaskStore(_file.Open(), null);
        await store.AddAsync([new TaskSubmission { Id = "t1", Type = "test", Payload = $"\"{new string('x', 1_000_000)}\"" }], Now, Cancel);
        var lease = Assert.Single(await store.LeaseAsync(new LeaseRequest { Worker = new() { Id = "w", WorkerName = "w" } }, Now, Cancel));
        var before = new FileInfo(_file.Path + "-wal").Length;

        await store.ReportAsync(lease.Token, new TaskProgress(1, "working"), [], Now, Cancel);
        await store.EndAsync([TaskOutcome.Completed(lease.Token)], null, Now, Cancel);

        Assert.InRange(new FileInfo(_file.Path + "-wal").Length - before, 0, 200_000);
    }

    private sealed class WordRedactor : ISecretRedactor
    {
        public void Add(SecretValue secret) => throw new NotSupportedException("It knows its one word.");

        public string Redact(string? text) => text?.Replace("hunter2", "***", StringComparison.Ordinal) ?? "";
    }
}
