using System.Text;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Somebody else writes to the tree while a patch is applied: what they wrote is never lost, and nothing outside the root is ever written.</summary>
public sealed class RaceTests(ITestOutputHelper output)
{
    private const int Files = 30;
    private const string Mark = "FOREIGN";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_others_write_while_a_patch_is_applied_is_never_lost(bool atomic)
    {
        var (rejected, applied) = (0, 0);
        for (var round = 0; round < LongRun.Pick(always: 60, asked: 1500); round++)
        {
            using var folder = new TemporaryDirectory();
            var root = Tree(folder);
            var options = Options(root, atomic);
            var random = new Random(round);
            var written = new Dictionary<string, string>(StringComparer.Ordinal);
            using var done = new CancellationTokenSource();
            using var begun = new ManualResetEventSlim();
            var writer = Task.Run(() => Scribble(root, random, written, begun, done.Token), Token);
            begun.Wait(Token);

            var outcome = await new PatchManager(options).TryApplyAsync(root, Diff());
            await done.CancelAsync();
            await writer;
            _ = await new PatchManager(options).RecoverAsync(root, Token);

            foreach (var (name, content) in written)
            {
                Assert.True(File.Exists(Path.Combine(root, name)), $"round {round}: {name} is gone ({outcome})");
                Assert.True(content == await File.ReadAllTextAsync(Path.Combine(root, name), Token), $"round {round}: {name} was overwritten ({outcome})");
            }

            for (var i = 0; i < Files; i++)
            {
                var text = await File.ReadAllTextAsync(Path.Combine(root, Name(i)), Token);
                Assert.True(text == Before(i) || text == After(i) || written.GetValueOrDefault(Name(i)) == text, $"round {round}: {Name(i)} is torn ({outcome})");
            }

            Assert.DoesNotContain(Directory.GetFiles(root, "*", SearchOption.AllDirectories), static path => path.EndsWith('~'));
            _ = outcome == PatchOutcome.Applied ? applied++ : rejected++;
        }

        output.WriteLine($"{applied} applied, {rejected} taken back");
        Assert.True(rejected > 0, "nothing ever met");
    }

    [Fact]
    public async Task Links_and_directories_that_are_swapped_while_a_patch_is_applied_lead_no_write_outside()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "directory handles");
        for (var round = 0; round < LongRun.Pick(always: 60, asked: 1500); round++)
        {
            using var folder = new TemporaryDirectory();
            var root = Tree(folder);
            var outside = Path.GetDirectoryName(folder.Combine("outside", "d0", "x"))!;
            for (var i = 0; i < Files; i++)
            {
                // Whoever is led here finds just the files that the patch is for.
                folder.Write("outside/" + Name(i), Before(i));
            }

            Directory.CreateDirectory(outside);
            var before = TreeState.Read(folder.Combine("outside"));
            using var done = new CancellationTokenSource();
            using var begun = new ManualResetEventSlim();
            var swapper = Task.Run(() => Swap(root, folder.Combine("outside"), begun, done.Token), Token);
            begun.Wait(Token);

            _ = await new PatchManager(Options(root, atomic: round % 2 == 0)).TryApplyAsync(root, Diff());
            await done.CancelAsync();
            await swapper;
            _ = await new PatchManager(Options(root, atomic: false)).RecoverAsync(root, Token);

            Assert.Equal("", TreeState.Difference(before, TreeState.Read(folder.Combine("outside"))));
        }
    }

    private static string Tree(TemporaryDirectory folder)
    {
        for (var i = 0; i < Files; i++)
        {
            folder.Write("tree/" + Name(i), Before(i));
        }

        return folder.Combine("tree");
    }

    private static PatchOptions Options(string root, bool atomic)
    {
        var options = PatchCalls.Beside(root);
        if (atomic)
        {
            options.AtomicPaths.Add("**");
        }

        return options;
    }

    /// <summary>Overwrites files in place and by renaming, as editors do; each once, so that what it wrote must be there at the end.</summary>
    private static void Scribble(string root, Random random, Dictionary<string, string> written, ManualResetEventSlim begun, CancellationToken stop)
    {
        begun.Set();
        foreach (var i in Enumerable.Range(0, Files).OrderBy(_ => random.Next()).Take(4))
        {
            for (var wait = random.Next(200_000); wait > 0 && !stop.IsCancellationRequested; wait--)
            {
                Thread.SpinWait(1);
            }

            if (stop.IsCancellationRequested)
            {
                return;
            }

            var path = Path.Combine(root, Name(i));
            var content = $"{Mark} {i} {random.Next()}\n";
            if (random.Next(2) == 0)
            {
                File.WriteAllText(path, content);
            }
            else
            {
                File.WriteAllText(path + ".new", content);
                File.Move(path + ".new", path, overwrite: true);
            }

            written[Name(i)] = content;
        }
    }

    private static void Swap(string root, string outside, ManualResetEventSlim begun, CancellationToken stop)
    {
        begun.Set();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var (inside, hidden) = (Path.Combine(root, $"d{i % 3}"), Path.Combine(root, $"hidden{i % 3}"));
            if (!Directory.Exists(inside))
            {
                continue;
            }

            Directory.Move(inside, hidden);
            Directory.CreateSymbolicLink(inside, Path.Combine(outside, $"d{i % 3}"));
            Thread.Yield();
            File.Delete(inside);
            if (Directory.Exists(inside))
            {
                // Made anew by whoever wrote meanwhile.
                return;
            }

            Directory.Move(hidden, inside);
        }
    }

    private static string Name(int i) => $"d{i % 3}/file{i}.txt";

    private static string Before(int i) => PatchSample.Lines(200, $"text {i}");

    private static string After(int i) => Before(i).Replace($"text {i} 5\n", $"TEXT {i} 5 is longer now\n", StringComparison.Ordinal);

    private static byte[] Diff() => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Files).Select(static i =>
        $"--- a/{Name(i)}\n+++ b/{Name(i)}\n@@ -4,3 +4,3 @@\n text {i} 4\n-text {i} 5\n+TEXT {i} 5 is longer now\n text {i} 6\n")));
}
