using System.Text;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Real git makes the diffs, and real git takes ours.</summary>
public sealed class GitRoundTripTests
{
    private static readonly string[] Names =
        ["a.txt", "b c.txt", "dir/ä.txt", "dir/\"quoted\".txt", "deep/er/file", "x.bin", "latin.txt", "crlf.txt", "日本/語.txt", "b/a.txt", "Makefile", "tab'.txt"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_git_diff_applied_gives_what_git_had_and_its_own_diff_is_taken_by_git(int seed)
    {
        var random = SeededRandom.Create(seed);
        using var sample = new PatchSample(git => Fill(git, random), git => Edit(git, random));
        var root = sample.CopyOfBefore();
        var manager = new PatchManager(PatchCalls.Beside(root));
        var patch = manager.Read(sample.Diff);

        var formatted = await manager.FormatAsync(patch, root, PatchFormat.UnifiedDiff, Token);
        var result = await manager.ApplyAsync(new PatchRequest { Id = "a1", Root = root, Patch = patch }, Token);

        Assert.Empty(result.Conflicts);
        Assert.Equal(PatchOutcome.Applied, result.Outcome);
        PatchCalls.AssertSame(sample.After, root);
        AssertGitTakes(sample, formatted);
        var reverted = await manager.RevertAsync(root, "a1", Token);
        Assert.Equal(PatchOutcome.Reverted, reverted.Outcome);
        PatchCalls.AssertSame(sample.Before, root);
    }

    private static void AssertGitTakes(PatchSample sample, PatchContent diff)
    {
        using var git = GitRepository.Init();
        PatchSample.CopyTree(sample.Before, git.Path);
        git.Commit("before");
        var file = sample.Temporary("ours.diff");
        File.WriteAllBytes(file, diff.Bytes.ToArray());
        git.Run("apply", file);
        PatchCalls.AssertSame(sample.After, git.Path);
    }

    private static void Fill(GitRepository git, Random random)
    {
        foreach (var name in Names.Where(_ => random.Next(4) > 0))
        {
            git.Write(name, Content(name, random));
        }

        git.Write("always.txt", PatchSample.Lines(50));
    }

    private static void Edit(GitRepository git, Random random)
    {
        git.Write("always.txt", PatchSample.Lines(20) + "changed\n" + PatchSample.Lines(30));
        foreach (var name in Names)
        {
            var path = git.Combine(name);
            if (!File.Exists(path))
            {
                git.Write("new/" + name, Content(name, random));
                continue;
            }

            switch (random.Next(7))
            {
                case 0:
                    File.Delete(path);
                    break;
                case 1:
                    Directory.CreateDirectory(git.Combine("moved"));
                    File.Move(path, git.Combine("moved/" + Path.GetFileName(name) + random.Next(1000)));
                    break;
                case 2:
                    PatchSample.MakeExecutable(path);
                    break;
                case 3 or 4 or 5:
                    git.Write(name, Mutate(File.ReadAllBytes(path), random));
                    break;
                default:
                    break;
            }
        }
    }

    private static byte[] Content(string name, Random random)
    {
        if (name.EndsWith(".bin", StringComparison.Ordinal))
        {
            var bytes = new byte[random.Next(3000)];
            random.NextBytes(bytes);
            return bytes;
        }

        var end = name.StartsWith("crlf", StringComparison.Ordinal) ? "\r\n" : "\n";
        var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(i => $"{(i % 5 == 0 ? "" : $"line {random.Next(12)} é")}{end}")) + (random.Next(2) == 0 ? "no end" : "");
        return name.StartsWith("latin", StringComparison.Ordinal) ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n').ToList();
        for (var i = random.Next(5); i >= 0; i--)
        {
            var at = random.Next(lines.Count);
            switch (random.Next(3))
            {
                case 0:
                    lines.Insert(at, $"new {random.Next(100)}");
                    break;
                case 1 when lines.Count > 1:
                    lines.RemoveAt(at);
                    break;
                default:
                    lines[at] += " ÿ";
                    break;
            }
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }
}
