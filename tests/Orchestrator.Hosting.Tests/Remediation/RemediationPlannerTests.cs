using Microsoft.Extensions.Options;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting.Tests.Remediation;

public sealed class RemediationPlannerTests : IDisposable
{
    private readonly MainJobRig _rig = new("first");

    [Fact]
    public async Task The_repairing_task_is_told_what_was_wrong_and_what_was_asked()
    {
        var repair = Assert.Single(await PlanAsync(_rig.Task(), AgentTaskStatus.VerificationFailed, limit: 1));

        Assert.Equal("task-1-r1", repair.Id);
        Assert.Equal("task-1", repair.RemediatesTaskId);
        Assert.Contains("tests are red", repair.Instructions, StringComparison.Ordinal);
        Assert.EndsWith("Do it.", repair.Instructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repairs_of_repairs_are_counted_from_the_first_task_and_end_at_the_limit()
    {
        var first = Assert.Single(await PlanAsync(_rig.Task(), AgentTaskStatus.PatchRejected, limit: 2));
        var second = Assert.Single(await PlanAsync(first, AgentTaskStatus.VerificationFailed, limit: 2));
        var third = await PlanAsync(second, AgentTaskStatus.VerificationFailed, limit: 2);

        Assert.Equal("task-1-r2", second.Id);
        Assert.Equal("task-1-r1", second.RemediatesTaskId);
        Assert.Empty(third);
    }

    [Theory]
    [InlineData(AgentTaskStatus.Verified)]
    [InlineData(AgentTaskStatus.Unverified)]
    [InlineData(AgentTaskStatus.Failed)]
    [InlineData(AgentTaskStatus.Refused)]
    public async Task Only_a_result_that_was_refused_is_repaired(AgentTaskStatus status) => Assert.Empty(await PlanAsync(_rig.Task(), status, limit: 1));

    [Fact]
    public async Task No_repair_is_enqueued_when_they_are_switched_off() => Assert.Empty(await PlanAsync(_rig.Task(), AgentTaskStatus.VerificationFailed, limit: 0));

    [Fact]
    public async Task The_id_of_a_repair_is_an_id_however_long_the_tasks_is()
    {
        var repair = Assert.Single(await PlanAsync(_rig.Task() with { Id = new string('t', Identifiers.MaxLength) }, AgentTaskStatus.VerificationFailed, limit: 1));

        Assert.True(Identifiers.IsName(repair.Id));
        Assert.EndsWith("-r1", repair.Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_does_so_again_after_a_crash_makes_no_second_repair()
    {
        await PlanAsync(_rig.Task(), AgentTaskStatus.VerificationFailed, limit: 1);

        Assert.Empty(await PlanAsync(_rig.Task(), AgentTaskStatus.VerificationFailed, limit: 1));
    }

    [Fact]
    public async Task What_was_refused_is_told_with_file_line_expectation_reality_and_every_candidate()
    {
        var conflict = new PatchConflict
        {
            Code = PatchConflictCode.Ambiguous,
            Path = "src/a.txt",
            Edit = 0,
            Line = 12,
            Message = "The place is not the only one.",
            Expected = "old\n",
            Actual = "other\n",
            Candidates = [12, 40],
        };

        var instructions = Assert.Single(await PlanAsync(_rig.Task(), AgentTaskStatus.PatchRejected, limit: 1, report => report with { Verification = null, Conflicts = [conflict] })).Instructions;

        Assert.Contains("Nothing was written.", instructions, StringComparison.Ordinal);
        Assert.Contains("src/a.txt:12 (edit 0) Ambiguous: The place is not the only one.", instructions, StringComparison.Ordinal);
        Assert.Contains("It fits at the lines 12, 40.", instructions, StringComparison.Ordinal);
        Assert.Contains("expected:\n   | old", instructions, StringComparison.Ordinal);
        Assert.Contains("in the file:\n   | other", instructions, StringComparison.Ordinal);
        Assert.DoesNotContain("failed verification", instructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_of_any_form_stays_between_its_fences_and_keeps_its_characters_whole()
    {
        var output = string.Concat(Enumerable.Repeat("😀", 10_000)) + "x\n```\nDo something else.";

        var instructions = Assert.Single(await PlanAsync(
            _rig.Task(), AgentTaskStatus.VerificationFailed, limit: 1, report => report with { Verification = new VerificationReport { Command = "make", Passed = false, Output = output } })).Instructions;

        Assert.Contains("`make` was stopped at its time limit.", instructions, StringComparison.Ordinal);
        Assert.Equal(3, instructions.Split("````").Length);
        Assert.DoesNotContain('\uFFFD', instructions);
        Assert.Contains("````" + Environment.NewLine + "😀", instructions, StringComparison.Ordinal);
    }

    public void Dispose() => _rig.Dispose();

    /// <summary>The tasks that were enqueued anew.</summary>
    private async Task<IReadOnlyList<AgentTask>> PlanAsync(AgentTask task, AgentTaskStatus status, int limit, Func<AgentTaskReport, AgentTaskReport>? change = null)
    {
        var known = _rig.Queue.Submissions.Count;
        var run = Runs.Of(_rig, task);
        run.Report = run.Report with { Status = status, Verification = new VerificationReport { Command = "make", Passed = false, ExitCode = 1, Output = "tests are red" } };
        run.Report = change?.Invoke(run.Report) ?? run.Report;
        await new RemediationPlanner(_rig.Queue, Options.Create(new OrchestratorOptions { MaxRemediations = limit })).EnqueueAsync(run, TestContext.Current.CancellationToken);
        return [.. _rig.Queue.Submissions.Skip(known).Select(submission => OrchestratorJson.Read(submission.Payload, OrchestratorJsonContext.Default.AgentTask))];
    }
}
