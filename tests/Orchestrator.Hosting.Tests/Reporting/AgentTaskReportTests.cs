using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting.Tests.Reporting;

public sealed class AgentTaskReportTests
{
    private static readonly AgentTaskReport Report = new()
    {
        TaskId = "task-1",
        Status = AgentTaskStatus.VerificationFailed,
        Output = TaskOutput.Branch,
        Provider = "codex",
        Model = "m",
        Decision = new RoutingDecision { Id = Guid.Parse("11111111-1111-7111-8111-111111111111"), Provider = "codex", Fallbacks = ["other"] },
        Candidates = [new CandidateExplanation { Provider = "codex", Score = 0.5 }],
        Attempts = [new AttemptReport { ExecutionId = "execution-1", Provider = "codex", Duration = TimeSpan.FromSeconds(2), Failure = new AgentFailure { Class = FailureClass.Crashed, Message = "no" } }],
        Summary = "done",
        Files = [new FileChange { Path = "a.txt", Operation = FileOperation.Modify }],
        BaseCommit = "abc",
        Branch = "orchestrator/task-1",
        PatchFile = "/p.patch",
        Verification = new VerificationReport { Command = "make", Passed = false, ExitCode = 2, Duration = TimeSpan.FromSeconds(1), Output = "bad" },
        Conflicts = [new PatchConflict { Code = PatchConflictCode.IoError, Path = "a.txt", Message = "no" }],
        Failure = new AgentFailure { Class = FailureClass.VerificationFailed, Message = "said no" },
        RemediationTaskId = "task-1-r1",
        Usage = new TokenUsage { InputTokens = 1, OutputTokens = 2 },
        CostUsd = 0.25m,
        Notes = ["note"],
    };

    [Fact]
    public void A_report_survives_its_JSON_form()
    {
        var json = OrchestratorJson.Write(Report, HostingJsonContext.Default.AgentTaskReport);

        Assert.Equal(Report, OrchestratorJson.Read(json, HostingJsonContext.Default.AgentTaskReport));
    }

    [Fact]
    public void Members_that_this_version_does_not_know_are_skipped()
    {
        var report = OrchestratorJson.Read("""{"task_id":"task-1","status":"verified","from_the_future":{"a":1}}""", HostingJsonContext.Default.AgentTaskReport);

        Assert.True(report.Succeeded);
    }

    [Fact]
    public void A_task_has_the_report_that_its_handler_wrote()
    {
        var json = OrchestratorJson.Write(Report, HostingJsonContext.Default.AgentTaskReport);

        Assert.Equal(Report, AgentTaskReports.Of(Task(QueuedTaskState.Discarded) with { Failure = new TaskFailure { Code = "x", Message = "no", Result = json } }));
        Assert.Equal(Report, AgentTaskReports.Of(Task(QueuedTaskState.Completed) with { Result = json }));
    }

    [Theory]
    [InlineData(QueuedTaskState.Cancelled, AgentTaskStatus.Cancelled)]
    [InlineData(QueuedTaskState.Discarded, AgentTaskStatus.Failed)]
    public void A_task_that_ended_without_a_report_has_one_made_from_its_row(QueuedTaskState state, AgentTaskStatus status)
    {
        var report = AgentTaskReports.Of(Task(state) with { Failure = new TaskFailure { Code = "worker_crashed", Message = "Its worker died." } });

        Assert.Equal(status, report.Status);
        Assert.Equal(status == AgentTaskStatus.Cancelled ? null : "Its worker died.", report.Failure?.Message);
    }

    [Fact]
    public void A_report_of_another_version_that_cannot_be_read_does_not_hide_the_row()
    {
        var report = AgentTaskReports.Of(Task(QueuedTaskState.Discarded) with { Result = "[1]", Failure = new TaskFailure { Code = "timeout", Message = "too late" } });

        Assert.Equal("too late", report.Failure!.Message);
        Assert.Equal(FailureClass.Timeout, report.Failure.Class);
    }

    private static QueuedTask Task(QueuedTaskState state) =>
        new() { Id = "task-1", Queue = "default", Type = AgentTaskClient.TaskType, Payload = "{}", State = state, CreatedAt = DateTimeOffset.UnixEpoch };
}
