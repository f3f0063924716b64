using Orchestrator.Containers;
using Orchestrator.Providers;
using Orchestrator.Providers.Containers;

namespace Orchestrator.Hosting.Tests.Delivery;

/// <summary>Delivery to the caller's tree where the verify command runs in a container, which does what the test says. The real engine is in the end-to-end tests.</summary>
public sealed class ContainerVerificationTests : IDisposable
{
    private readonly ScriptedContainers _containers = new();
    private readonly MainJobRig _rig;

    public ContainerVerificationTests() => _rig = new MainJobRig(_containers, "first");

    private string Made => Path.Combine(_rig.Repository.Path, "made.txt");

    [Fact]
    public async Task The_tree_is_touched_only_after_it_said_yes()
    {
        var seen = (InContainer: false, InTree: true);
        _containers.Command = (command, _) =>
        {
            seen = (File.Exists(Path.Combine(command.WorkingDirectory!, "made.txt")), File.Exists(Made));
            return ScriptedContainers.Lines(0);
        };

        var report = MainJobRig.ReportOf(await _rig.HandleAsync(_rig.Task("make test")));

        Assert.Equal((AgentTaskStatus.Verified, true), (report.Status, File.Exists(Made)));
        Assert.Equal((true, false), seen);
        Assert.Empty(_rig.Leaks());
    }

    [Theory]
    [InlineData("applying", 0)]
    [InlineData("verifying", 0)]
    [InlineData("settled", 0)]
    [InlineData("settled", 1)]
    public async Task Who_takes_the_task_up_after_the_answer_does_not_ask_again(string phase, int exitCode)
    {
        _containers.Command = (_, _) => ScriptedContainers.Lines(exitCode);
        var checkpoint = await LoseAsync(phase);

        var report = MainJobRig.ReportOf(await _rig.HandleAsync(_rig.Task("make test"), crashes: 1, checkpoint));

        Assert.Single(_containers.Commands);
        Assert.Equal(exitCode == 0 ? AgentTaskStatus.Verified : AgentTaskStatus.VerificationFailed, report.Status);
        Assert.Equal(exitCode == 0, File.Exists(Made));
        Assert.Empty(_rig.Leaks());
    }

    [Fact]
    public async Task What_nobody_said_yes_to_does_not_stay_in_the_tree_while_it_is_asked()
    {
        var checkpoint = (await LoseAsync("settled")).Replace("\"status\":\"verified\"", "\"status\":\"unknown\"", StringComparison.Ordinal); // As of one that verified on this machine.
        Assert.True(File.Exists(Made));
        var stood = true;
        _containers.Command = (_, _) =>
        {
            stood = File.Exists(Made);
            return ScriptedContainers.Lines(1);
        };

        var report = MainJobRig.ReportOf(await _rig.HandleAsync(_rig.Task("make test"), crashes: 1, checkpoint));

        Assert.Equal((AgentTaskStatus.VerificationFailed, false, false), (report.Status, stood, File.Exists(Made)));
        Assert.False(_rig.Service<TreeHolds>().IsPending(_rig.Repository.Path));
    }

    [Fact]
    public async Task What_fits_no_more_after_a_yes_is_refused_and_not_told_as_a_failed_verification()
    {
        _containers.Command = (_, _) =>
        {
            File.WriteAllText(Made, "of somebody else\n"); // The caller works on meanwhile.
            return ScriptedContainers.Lines(0);
        };

        var report = MainJobRig.ReportOf(await _rig.HandleAsync(_rig.Task("make test")));

        Assert.Equal(AgentTaskStatus.PatchRejected, report.Status);
        Assert.Empty(report.Files);
        Assert.Equal("of somebody else\n", await File.ReadAllTextAsync(Made, TestContext.Current.CancellationToken));
        Assert.DoesNotContain("failed verification", Assert.Single(_rig.Queue.Submissions).Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_container_the_changes_are_kept_and_the_next_attempt_goes_on_with_them()
    {
        _containers.Acquisition = new ContainerAcquisition(AcquisitionStatus.TimedOut, Message: "all are busy");

        var report = MainJobRig.ReportOf(await _rig.HandleAsync(_rig.Task("make test")));
        _containers.Acquisition = null;
        var next = MainJobRig.ReportOf(await _rig.HandleAsync(_rig.Task("make test"), crashes: 0, _rig.Leases.Checkpoints[^1]));

        Assert.Equal((AgentTaskStatus.Failed, FailureClass.Unavailable), (report.Status, report.Failure!.Class));
        Assert.Contains("all are busy", report.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(report.Files);
        Assert.True(File.Exists(report.PatchFile));
        Assert.Equal((AgentTaskStatus.Verified, 1), (next.Status, _rig.Providers[0].Runs));
        Assert.Empty(_rig.Queue.Submissions);
    }

    [Theory]
    [InlineData("make", AgentTaskStatus.Failed, FailureClass.Configuration, 0)]
    [InlineData("./test.sh", AgentTaskStatus.VerificationFailed, FailureClass.VerificationFailed, 1)]
    public async Task A_program_that_is_not_there_is_the_agents_fault_only_where_it_can_be(string command, AgentTaskStatus status, FailureClass failure, int repairs)
    {
        _containers.Command = static (_, _) => ScriptedContainers.Lines(127);

        var report = MainJobRig.ReportOf(await _rig.HandleAsync(_rig.Task(command)));

        Assert.Equal((status, failure), (report.Status, report.Failure!.Class));
        Assert.Contains("image", report.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(repairs, _rig.Queue.Submissions.Count);
        Assert.False(File.Exists(Made));
    }

    [Theory]
    [InlineData("agents", AgentTaskStatus.Verified)]
    [InlineData("Agents", AgentTaskStatus.Verified)]
    [InlineData("others", AgentTaskStatus.Refused)]
    public async Task A_task_runs_only_in_the_pool_that_it_names(string pool, AgentTaskStatus expected)
    {
        var report = MainJobRig.ReportOf(await _rig.HandleAsync(_rig.Task("make test") with { ContainerPool = pool }));

        Assert.Equal(expected, report.Status);
        Assert.Equal(expected == AgentTaskStatus.Verified ? 1 : 0, _rig.Providers[0].Runs);
    }

    [Theory]
    [InlineData("applying")]
    [InlineData("verifying")]
    public async Task Who_takes_it_up_without_the_pool_keeps_the_changes_out_of_the_tree(string phase)
    {
        var checkpoint = (await LoseAsync(phase)).Replace("\"status\":\"verified\"", "\"status\":\"unknown\"", StringComparison.Ordinal);
        _containers.Commands.Clear();

        var report = MainJobRig.ReportOf(await _rig.HandleAsync(_rig.Task("make test") with { ContainerPool = "others" }, crashes: 1, checkpoint));

        Assert.Equal((AgentTaskStatus.Failed, FailureClass.Configuration), (report.Status, report.Failure!.Class));
        Assert.Contains("'others'", report.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(_containers.Commands);
        Assert.True(File.Exists(report.PatchFile));
        Assert.False(File.Exists(Made));
        Assert.Equal("", _rig.Repository.Status());
    }

    [Fact]
    public async Task Cancelling_ends_the_command_and_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        _containers.Command = (_, token) => _containers.Endless(token);

        var running = _rig.HandleAsync(_rig.Task("make test"), cancellationToken: cancel.Token);
        await _containers.Silent.WaitAsync(TestContext.Current.CancellationToken);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.StartsWith("asked TERM ORCHESTRATOR_EXECUTION=", _containers.Journal.First(), StringComparison.Ordinal);
        Assert.Equal(["restarted " + ScriptedContainers.Instance, "released", "stopped within 00:00:00"], _containers.Journal.Skip(1));
        Assert.Equal("", _rig.Repository.Status());
        Assert.Empty(_rig.Leaks());
    }

    public void Dispose() => _rig.Dispose();

    /// <summary>Has a worker lose its lease when it writes a phase down.</summary>
    /// <returns>What it wrote down last.</returns>
    private async Task<string> LoseAsync(string phase)
    {
        _rig.Leases.IsLost = checkpoint => checkpoint.StartsWith($"{{\"phase\":\"{phase}\"", StringComparison.Ordinal);
        await Assert.ThrowsAsync<OperationCanceledException>(() => _rig.HandleAsync(_rig.Task("make test")));
        _rig.Leases.IsLost = static _ => false;
        return _rig.Leases.Checkpoints[^1];
    }
}
