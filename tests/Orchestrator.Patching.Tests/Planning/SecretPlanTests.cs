using System.Text;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Known secrets neither come into a tree nor out of it by a patch.</summary>
public sealed class SecretPlanTests : IDisposable
{
    private const string Secret = "hunter22";

    private readonly TemporaryDirectory _root = new();
    private readonly PatchManager _manager = new(redactor: new OneSecret());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task A_secret_that_is_left_when_something_goes_is_refused()
    {
        _root.Write("a.txt", "key = hunt--er22\n");

        Assert.Equal(PatchConflictCode.Secret, (await ConflictAsync("""{"path": "a.txt", "old_str": "--", "new_str": ""}""")).Code);
    }

    [Fact]
    public async Task A_line_that_goes_beside_a_secret_is_no_secret()
    {
        _root.Write("a.txt", $"gone\nkey = {Secret}\n");

        Assert.Equal(PatchOutcome.Applied, (await PlanAsync("--- a/a.txt\n+++ b/a.txt\n@@ -1 +0,0 @@\n-gone\n")).Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_secret_is_found_in_a_file_of_two_byte_characters(bool isBig)
    {
        await File.WriteAllBytesAsync(_root.Combine("a.txt"), new UnicodeEncoding(isBig, byteOrderMark: false).GetBytes("\uFEFFabc\n"), Token);

        Assert.Equal(PatchConflictCode.Secret, (await ConflictAsync($$"""{"path": "a.txt", "old_str": "abc", "new_str": "{{Secret}}"}""")).Code);
    }

    [Fact]
    public async Task No_part_of_a_refusal_tells_a_secret()
    {
        _root.Write("a.txt", $"key is {Secret} now\n");

        var conflicts = new[]
        {
            await ConflictAsync("""{"path": "a.txt", "old_str": "key is other now\n", "new_str": "x"}"""),
            await ConflictAsync($$"""{"path": "../{{Secret}}", "old_str": "a", "new_str": "x"}"""),
        };

        Assert.All(conflicts, static conflict => Assert.DoesNotContain(Secret, conflict.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plan_tells_no_secret_of_a_file_that_is_not_utf8()
    {
        await File.WriteAllBytesAsync(_root.Combine("a.txt"), Encoding.Latin1.GetBytes($"caf\u00e9 {Secret}\nb\n"), Token);

        var plan = await PlanAsync("--- a/a.txt\n+++ b/a.txt\n@@ -2 +2 @@\n-b\n+B\n");

        Assert.Equal(PatchOutcome.Applied, plan.Outcome);
        Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(plan.Diff.Bytes.Span), StringComparison.Ordinal);
    }

    private async Task<PatchConflict> ConflictAsync(string patch) => Assert.Single((await PlanAsync(patch)).Conflicts);

    private async Task<PatchPlan> PlanAsync(string patch) =>
        await _manager.PlanAsync(new PatchRequest { Id = "t", Root = _root.Path, Patch = ParserCalls.Read(patch) }, Token);

    private sealed class OneSecret : ISecretRedactor
    {
        public string? Redact(string? text) => text?.Replace(Secret, "***", StringComparison.Ordinal);

        public void Add(SecretValue secret) => throw new NotSupportedException();
    }
}
