using Microsoft.Data.Sqlite;
using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Queue.Schedules;
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

        await store.AddAsync([new TaskSubmission { Id = "t1", Type = "test", Payload = json }], Now, Cancel);
        var first = Assert.Single(await store.LeaseAsync(lease, Now, Cancel));
        await store.CheckpointAsync(first.Token, json, Cancel);
        await store.EndAsync([TaskOutcome.Failed(first.Token, new TaskFailure { Code = "x", Message = Secret, Result = json })], null, Now, Cancel);

        var task = await store.GetAsync("t1", Cancel);
        Assert.Equal((clean, clean, clean, "***", clean), (task!.Payload, task.Checkpoint, task.Result, task.Failure!.Message, task.Failure.Result));
        await AssertCleanAsync();
    }

    [Fact]
    public async Task No_secret_reaches_the_disk_through_a_configuration()
    {
        var log = new SqliteExecutionLog(_file.Open(), _redactor);

        await log.ConfiguredAsync(
            new ProviderConfiguration { Descriptor = new ProviderDescriptor { Name = "codex", Kind = ProviderKind.AgentCli, Description = $"uses {Secret}" }, At = Now }, Cancel);

        Assert.Equal("uses ***", Assert.Single(await log.ListConfigurationsAsync("codex", Cancel)).Descriptor.Description);
        await AssertCleanAsync();
    }

    [Fact]
    public async Task No_secret_reaches_the_disk_through_a_plan_or_its_gates()
    {
        var plans = new SqliteTaskPlans(_file.Open(), _redactor);
        var gate = new TaskSubmission { Id = "gate", Type = "approval", Payload = $$"""{"key":"{{Escaped}}"}""" };

        await plans.AddAsync(new TaskPlan { Id = "p", Title = $"with {Secret}", Tasks = [new PlanTask { Task = gate, IsGate = true }] }, Now, Cancel);
        await plans.DecideAsync("gate", new GateDecision { IsApproved = false, By = $"by {Secret}", Comment = $"for {Secret}" }, Now, Cancel);

        var plan = (await plans.GetAsync("p", Cancel))!;
        Assert.Equal(("with ***", "Rejected by by ***: for ***"), (plan.Title, plan.Tasks[0].Failure!.Message));
        await AssertCleanAsync();
    }

    [Fact]
    public async Task No_secret_reaches_the_disk_through_a_schedule_even_escaped_in_json_in_json()
    {
        var schedules = new SqliteTaskSchedules(_file.Open(), _redactor);
        var task = new TaskSubmission { Id = "t", Type = "test", Payload = $$"""{"key":"{{Escaped}}"}""" };

        var put = await schedules.PutAsync(new TaskSchedule { Id = "s", Interval = TimeSpan.FromHours(1), Task = task }, Now, Now, Cancel);
        await schedules.FireAsync(put, [task], null, Now, Cancel);

        Assert.Equal("""{"key":"***"}""", put.Schedule.Task.Payload);
        await AssertCleanAsync();
    }

    [Fact]
    public async Task No_secret_reaches_the_disk_through_a_transaction_of_the_host()
    {
        var database = _file.Open();
        await database.InitializeAsync(Cancel);
        var transactions = new SqliteTaskTransactions(database, _redactor);
        await using var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var transaction = connection.BeginTransaction();

        await transactions.AddAsync([new TaskSubmission { Id = "t", Type = "test", Payload = $$"""{"key":"{{Escaped}}"}""" }], Now, transaction, Cancel);
        await transaction.CommitAsync(Cancel);

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

    [Theory]
    [InlineData("""{"n":1234567890123,"s":"x"}""", """{"n":"***","s":"x"}""")]
    [InlineData("[-1234567890123.5]", "[\"-***.5\"]")]
    public void A_number_that_holds_a_secret_becomes_a_string(string json, string expected)
    {
        Assert.Equal(expected, Redaction.Json(new PlainRedactor("1234567890123"), json));
    }

    [Fact]
    public async Task The_names_and_times_of_a_schedule_are_not_redacted()
    {
        var schedules = new SqliteTaskSchedules(_file.Open(), new PlainRedactor("nightly-build"));
        var schedule = new TaskSchedule
        {
            Id = "nightly-build",
            Interval = TimeSpan.FromHours(1),
            Task = new TaskSubmission { Id = "t", Type = "nightly-build", Group = "nightly-build", Payload = "\"nightly-build\"" },
        };

        await schedules.PutAsync(schedule, Now, Now, Cancel);

        var kept = (await schedules.GetAsync("nightly-build", Cancel))!.Status!.Schedule;
        Assert.Equal(("nightly-build", "nightly-build", "nightly-build", "\"***\""), (kept.Id, kept.Task.Type, kept.Task.Group, kept.Task.Payload));
    }

    private static string Escaped => System.Text.Json.JsonEncodedText.Encode(Secret).ToString();

    private async Task AssertCleanAsync()
    {
        var written = await _file.AllBytesAsync();
        Assert.Contains("***", written, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-marked", written, StringComparison.Ordinal);
    }

    private sealed class PlainRedactor(string secret = Secret) : ISecretRedactor
    {
        public string? Redact(string? text) => text?.Contains(secret, StringComparison.Ordinal) == true ? text.Replace(secret, "***", StringComparison.Ordinal) : text;

        public void Add(SecretValue secret) => throw new NotSupportedException();
    }
}
