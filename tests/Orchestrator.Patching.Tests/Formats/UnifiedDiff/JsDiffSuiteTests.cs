using System.Text;
using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>What the npm package <c>diff</c> was recorded to do in its own tests.</summary>
public sealed class JsDiffSuiteTests
{
    private const string Suite = "jsdiff";

    private static readonly DiffSuite Cases = new("jsdiff-patch.json");

    public static TheoryData<string> Parsed => Cases.Ids(static item => Kind(item) == "parse");

    public static TheoryData<string> Applied => Cases.Ids(static item => Kind(item) == "apply");

    public static TheoryData<string> Reversed => Cases.Ids(static item => Kind(item) == "reverse");

    [Theory]
    [MemberData(nameof(Parsed))]
    public void A_recorded_parse_gives_the_same_hunks_or_what_the_docs_say(string id)
    {
        var item = Cases[id];
        var result = new PatchManager().Parse(DiffSuite.Bytes(item.GetProperty("patch")), "task", PatchFormat.UnifiedDiff);
        TestContext.Current.TestOutputHelper?.WriteLine($"{result.Error?.Line}: {result.Error?.Message}");
        var isError = item.GetProperty("expected").GetProperty("outcome").GetString() == "error";

        var comparison = (result.Patch, isError) switch
        {
            (null, true) => SuiteRun.Same,
            (null, false) => "rejected",
            (_, true) => "parsed",
            var (patch, _) => JsDiffHunks.Of(item.GetProperty("expected").GetProperty("patches")) == JsDiffHunks.Of(patch) ? SuiteRun.Same : "parsed otherwise",
        };

        Assert.Equal(Divergences.Expected(Suite, id), comparison);
    }

    [Theory]
    [MemberData(nameof(Applied))]
    public async Task A_recorded_application_ends_the_same_or_as_the_docs_say(string id)
    {
        var arguments = ApplyArguments.Gnu(["file"]);

        var comparison = await SuiteRun.ApplyAsync(Cases[id], arguments);

        Assert.Equal(Divergences.Expected(Suite, id), comparison);
    }

    [Theory]
    [MemberData(nameof(Reversed))]
    public void A_recorded_reversal_gives_the_same_hunks_or_what_the_docs_say(string id)
    {
        var item = Cases[id];
        var patch = new PatchManager().Parse(Encoding.UTF8.GetBytes(JsDiffHunks.ToDiff(item.GetProperty("structured"))), "task", PatchFormat.UnifiedDiff).Patch;

        var reversed = patch is null ? null : PatchReversal.Reverse(patch).Patch;

        var wanted = JsDiffHunks.Of(item.GetProperty("expected").GetProperty("structured"));
        var comparison = reversed is null ? "rejected" : JsDiffHunks.Of(reversed) == wanted ? SuiteRun.Same : "reversed otherwise";
        Assert.Equal(Divergences.Expected(Suite, id), comparison);
    }

    [Fact]
    public void Every_divergence_from_jsdiff_that_the_docs_list_is_a_case()
    {
        Assert.All(Divergences.Cases(Suite), static id => Assert.NotEqual("", Kind(Cases[id])));
        Assert.Equal((81, 71, 9), (Parsed.Count, Applied.Count, Reversed.Count));
    }

    private static string Kind(JsonElement item) => item.GetProperty("kind").GetString()!;
}
