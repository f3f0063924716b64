using Orchestrator.EndToEnd.Kit;

namespace Orchestrator.EndToEnd;

/// <summary>The sample in which a schedule finds broken containers and a plan mends them.</summary>
public sealed class HealthAuditTests : IDisposable
{
    private readonly CliRig _rig = new();

    [Fact]
    public async Task A_scheduled_audit_finds_five_containers_with_problems_and_its_plan_is_carried_out_by_the_containers_themselves()
    {
        _rig.Environment["TMPDIR"] = Directory.CreateDirectory(Path.Combine(_rig.Root, "tmp")).FullName;

        await using var program = RunningProgram.Start(BuiltPrograms.HealthAudit, _rig.Environment, []);
        var exitCode = await program.WaitAsync(TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, program.Output + program.Errors);
        Assert.Contains("auditor      5 of 5 containers are healthy again", program.Output, StringComparison.Ordinal);
        Assert.Contains("operator     approves approve-container-4", program.Output, StringComparison.Ordinal);
        Assert.Contains("completed, 100 % of 17 tasks ended", program.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_rig.Environment["TMPDIR"]!));
    }

    public void Dispose() => _rig.Dispose();
}
