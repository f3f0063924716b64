using Orchestrator.Secrets;

namespace Orchestrator.Hosting.Tests.Verification;

public sealed class VerifierTests
{
    private const string Secret = "marked-secret-value-1234";

    [Theory]
    [InlineData(16 * 1024 - 6, 0)]
    [InlineData(0, 16 * 1024 - 12)]
    public async Task A_secret_that_is_cut_off_where_the_output_is_cut_is_blotted_out_whole(int before, int after)
    {
        using var rig = new MainJobRig("first");
        rig.Service<ISecretRedactor>().Add(new SecretValue(Secret));

        var report = MainJobRig.ReportOf(await rig.HandleAsync(
            rig.Task($"sh -c \"head -c {before} /dev/zero | tr '\\0' x; printf {Secret}; test {before} = 0 && echo && head -c {after} /dev/zero | tr '\\0' y; echo; false\"")));

        Assert.InRange(report.Verification!.Output.Length, 16_000, 16 * 1024);
        Assert.DoesNotContain("marked", report.Verification.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("1234", report.Verification.Output, StringComparison.Ordinal);
    }
}
