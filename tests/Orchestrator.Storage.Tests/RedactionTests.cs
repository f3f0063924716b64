using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Tests.Sqlite;
using Orchestrator.Testing;

namespace Orchestrator.Storage.Tests;

public sealed class RedactionTests : IDisposable
{
    private const string Secret = "sk-marked+\"secret\"/1234567890";
    private static readonly DateTimeOffset Now = ManualTimeProvider.DefaultStart;

    private readonly SqliteFile _file = new();
    private readonly PlainRedactor _redactor = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task No_secret_reaches_the_disk_through_the_operation_log()
    {
        var log = new SqliteOperationLog(_file.Open(), _file.Time, _redactor);

        var entry = await log.AppendAsync(
            new Operation { Name = "host.note", Message = $"key {Secret} used", Data = ValueMap.Empty.With("header", $"Bearer {Secret}") }, Cancel);

        Assert.Equal("key *** used", entry.Operation.Message);
        Assert.Equal("Bearer ***", entry.Operation.Data["header"]);
        Assert.True((await log.VerifyAsync(Cancel)).IsIntact);
        await AssertCleanAsync();
    }

    [Fact]
    public async Task No_secret_reaches_the_disk_through_the_execution_log()
    {
        var log = new SqliteExecutionLog(_file.Open(), _redactor);

        await log.SaveAsync(
            new ExecutionRecord
            {
                Id = "e1",
                TaskId = "t1",
                Provider = "codex",
                Status = ExecutionStatus.Failed,
                StartedAt = Now,
                Output = $"said {Secret}",
                Patch = $"+{Secret}\n",
                Failure = new AgentFailure { Class = FailureClass.Authentication, Message = $"bad key {Secret}", Detail = Secret },
            },
            Cancel);

        var kept = Assert.Single(await log.ListAsync("t1", Cancel));
        Assert.Equal(("said ***", "+***\n", "bad key ***", "***"), (kept.Output, kept.Patch, kept.Failure!.Message, kept.Failure.Detail));
        await AssertCleanAsync();
    }

    [Fact]
    public async Task No_secret_reaches_the_disk_through_a_task_even_escaped_in_json()
    {
        var store = new SqliteTaskStore(_file.Open(), _redactor);
        var json = $$"""{"list":[1,{"key":"{{Escaped}}"}],"ok":true}""";
        var clean = """{"list":[1,{"key":"***"}],"ok":true}""";
        var lease = new LeaseRequest { Worker = new() { Id = "w", WorkerName = "w" } };

        await store.AddAsync(new TaskSubmission { Id = "t1", Type = "test", Payload = json }, Now, Cancel);
        var first = Assert.Single(await store.LeaseAsync(lease, Now, Cancel));
        await store.CheckpointAsync(first.Token, json, Cancel);
        await store.FailAsync(first.Token, new TaskFailure { Code = "x", Message = Secret, Result = json }, TimeSpan.Zero, Now, Cancel);

        var task = await store.GetAsync("t1", Cancel);
        Assert.Equal((clean, clean, clean, "***", clean), (task!.Payload, task.Checkpoint, task.Result, task.Failure!.Message, task.Failure.Result));
        await AssertCleanAsync();
    }

    [Fact]
    public void Json_without_secrets_is_not_touched()
    {
        const string Json = """{ "a" : "\u00e4", "n": 1.0e5 }""";

        Assert.Same(Json, Redaction.Json(_redactor, Json));
        Assert.Equal("no json ***", Redaction.Json(_redactor, $"no json {Secret}"));
        Assert.Null(Redaction.Json(_redactor, null));
    }

    private static string Escaped => System.Text.Json.JsonEncodedText.Encode(Secret).ToString();

    private async Task AssertCleanAsync()
    {
        var written = await _file.AllBytesAsync();
        Assert.Contains("***", written, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-marked", written, StringComparison.Ordinal);
    }

    private sealed class PlainRedactor : ISecretRedactor
    {
        public string? Redact(string? text) => text?.Contains(Secret, StringComparison.Ordinal) == true ? text.Replace(Secret, "***", StringComparison.Ordinal) : text;

        public void Add(SecretValue secret) => throw new NotSupportedException();
    }
}
