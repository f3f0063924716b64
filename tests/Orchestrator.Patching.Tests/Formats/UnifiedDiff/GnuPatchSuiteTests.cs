namespace Orchestrator.Patching;

/// <summary>What GNU <c>patch</c> was recorded to do in its own tests.</summary>
public sealed class GnuPatchSuiteTests
{
    private const string Suite = "gnu-patch";

    private static readonly DiffSuite Cases = new("gnu-patch-tests.json");

    public static TheoryData<string> Ids => Cases.Ids(DiffSuite.IsCandidate);

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_recorded_patch_ends_as_patch_ended_or_as_the_docs_say(string id)
    {
        var item = Cases[id];
        List<string> arguments = [.. item.GetProperty("args").EnumerateArray().Select(static argument => argument.GetString()!)];

        var comparison = await SuiteRun.ApplyAsync(item, ApplyArguments.Gnu(arguments));

        Assert.Equal(Divergences.Expected(Suite, id), comparison);
    }

    [Fact]
    public void Every_divergence_from_patch_that_the_docs_list_is_a_case()
    {
        Assert.All(Divergences.Cases(Suite), static id => Assert.True(DiffSuite.IsCandidate(Cases[id]), id));
        Assert.Equal(122, Ids.Count);
    }
}
