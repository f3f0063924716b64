using System.Text;

namespace Orchestrator.Patching;

/// <summary>Random edit scripts, as diffs with and without drift, against a naive model that edits a list of lines.</summary>
public sealed class RandomEditScriptTests
{
    [Theory]
    [InlineData("\n", false)]
    [InlineData("\r\n", false)]
    [InlineData("\n", true)]
    [InlineData("\r\n", true)]
    public void A_script_of_edits_does_what_the_naive_model_does(string end, bool isText)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var before = Enumerable.Range(0, random.Next(1, 80)).Select(line => $"{new string(' ', random.Next(4))}line {line} {random.Next(5)}").ToList();
            var edits = new List<PatchEdit>();
            var after = Script(random, before, isText ? "\n" : end, isText, edits);
            var drift = Enumerable.Range(0, random.Next(4)).Select(static i => $"drift {i}").ToList();

            var text = Join([.. drift, .. before], end);
            var result = EditResolver.Apply("a", Encoding.UTF8.GetBytes(text), edits, new MatchSettings());

            Assert.True(result.Conflicts.Count == 0, $"seed {seed}: {PatchConflictText.Format(result.Conflicts)}");
            Assert.Equal(Join([.. drift, .. after], end), Encoding.UTF8.GetString(result.After!.Value.Span));
        }
    }

    /// <summary>Changes lines at random places, and writes each change down as an edit with a line of context before it where there is one.</summary>
    private static List<string> Script(Random random, List<string> before, string end, bool isText, List<PatchEdit> edits)
    {
        var after = new List<string>();
        var at = 0;
        while (at < before.Count)
        {
            var kept = Math.Min(random.Next(1, 8), before.Count - at);
            after.AddRange(before.GetRange(at, kept));
            at += kept;
            var removed = Math.Min(random.Next(3), before.Count - at);
            var added = Enumerable.Range(0, random.Next(removed == 0 ? 1 : 0, 3)).Select(i => $"new {random.Next(1000)} {at} {i}").ToList();
            var context = before[at - 1];
            edits.Add(new PatchEdit
            {
                Old = PatchContent.FromText(Join([context, .. before.GetRange(at, removed)], end)),
                New = PatchContent.FromText(Join([context, .. added], end)),
                Line = isText ? null : at,
                IsText = isText,
            });
            after.AddRange(added);
            at += removed;
        }

        return after;
    }

    private static string Join(IEnumerable<string> lines, string end) => string.Concat(lines.Select(line => line + end));
}
