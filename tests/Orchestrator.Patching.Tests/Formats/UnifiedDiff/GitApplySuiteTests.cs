namespace Orchestrator.Patching;

/// <summary>What <c>git apply</c> was recorded to do in its own tests.</summary>
public sealed class GitApplySuiteTests
{
    private const string Suite = "git-apply";

    private static readonly DiffSuite Cases = new("git-apply-t41.json");

    public static TheoryData<string> Ids => Cases.Ids(DiffSuite.IsCandidate);

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_recorded_git_apply_ends_as_git_ended_or_as_the_docs_say(string id)
    {
        var item = Cases[id];
        List<string> arguments = [.. item.GetProperty("args").EnumerateArray().Select(static argument => argument.GetString()!)];

        var comparison = await SuiteRun.ApplyAsync(item, ApplyArguments.Git(arguments));

        Assert.Equal(Divergences.Expected(Suite, id), comparison);
    }

    [Fact]
    public void Every_divergence_from_git_that_the_docs_list_is_a_case()
    {
        Assert.All(Divergences.Cases(Suite), static id => Assert.True(DiffSuite.IsCandidate(Cases[id]), id));
        Assert.Equal(397, Ids.Count);
    }
}
