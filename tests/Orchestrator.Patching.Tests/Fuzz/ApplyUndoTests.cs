using System.Text;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Random scripts of edits on random bytes, written as a diff by hand: applied they do what the naive model does, taken back they leave no trace.</summary>
public sealed class ApplyUndoTests
{
    private static readonly string[] Ends = ["\n", "\r\n"];

    [Fact]
    public async Task A_diff_of_random_bytes_and_line_ends_gives_the_models_files_and_taken_back_the_old_ones()
    {
        for (var seed = 0; seed < LongRun.Pick(400, 20_000); seed++)
        {
            var random = SeededRandom.Create(seed);
            var model = new Model(random);
            var disk = new InMemoryFileSystem();
            var tree = new FuzzTree(disk, Path.GetFullPath("/above"));
            tree.Fill(model.Before);
            var wanted = new FuzzTree(disk, Path.GetFullPath("/wanted"));
            wanted.Fill(model.After);
            var manager = new PatchManager(disk, new PatchOptions { JournalDirectory = tree.Journals, Durability = PatchDurability.Process });
            var before = tree.State();

            var applied = await manager.ApplyAsync(tree.Root, model.Diff);
            var after = tree.State();
            var reverted = await manager.RevertAsync(tree.Root, "a1", TestContext.Current.CancellationToken);

            Assert.True(applied.Outcome == PatchOutcome.Applied, $"seed {seed}: {PatchConflictText.Format(applied.Conflicts)}");
            Assert.Equal(wanted.State().Values, after.Values);
            Assert.Equal(PatchOutcome.Reverted, reverted.Outcome);
            Assert.Equal(before, tree.State());
        }
    }

    /// <summary>A few files of random lines before and after, and the diff between them.</summary>
    private sealed class Model
    {
        private const int Context = 3;

        private readonly Random _random;
        private readonly List<byte> _diff = [];
        private bool _isText;

        public Model(Random random)
        {
            _random = random;
            for (var i = 0; i <= random.Next(3); i++)
            {
                Add($"dir{i}/file {i}");
            }
        }

        public List<FuzzFile> Before { get; } = [];

        public List<FuzzFile> After { get; } = [];

        public byte[] Diff => [.. _diff];

        private void Add(string path)
        {
            _isText = _random.Next(2) == 0;
            var lines = Enumerable.Range(0, _random.Next(1, 40)).Select(Line).ToList();
            lines[^1] = _random.Next(3) == 0 ? [.. lines[^1].AsSpan(0, lines[^1].Length - 1).TrimEnd((byte)'\r'), (byte)'.'] : lines[^1];
            var kind = _random.Next(6);
            var (name, old) = (kind == 0 ? $"new/{path}" : path, path);
            Write($"diff --git \"a/{old}\" \"b/{name}\"\n");
            if (kind == 0)
            {
                Write($"similarity index 50%\nrename from {old}\nrename to {name}\n");
            }

            if (kind == 1)
            {
                Write($"new file mode 100644\n--- /dev/null\n+++ \"b/{name}\"\n@@ -0,0 +1,{lines.Count} @@\n");
                lines.ForEach(line => Write('+', line));
                After.Add(new FuzzFile(name, Joined(lines)));
                return;
            }

            Before.Add(new FuzzFile(old, Joined(lines)));
            if (kind == 2)
            {
                Write($"deleted file mode 100644\n--- \"a/{old}\"\n+++ /dev/null\n@@ -1,{lines.Count} +0,0 @@\n");
                lines.ForEach(line => Write('-', line));
                return;
            }

            Write($"--- \"a/{old}\"\n+++ \"b/{name}\"\n");
            After.Add(new FuzzFile(name, Joined(Script(lines))));
        }

        /// <summary>Goes through the lines once: some are kept, removed, added. Hunks have three lines of context, and are so far apart that they share none.</summary>
        private List<byte[]> Script(List<byte[]> lines)
        {
            var after = new List<byte[]>();
            var at = 0;
            var kept = Math.Min(_random.Next(9), lines.Count - 1);
            do
            {
                after.AddRange(lines.GetRange(at, kept));
                at += kept;
                var (head, removed) = (Math.Min(kept, Context), _random.Next(1, Math.Min(4, lines.Count - at + 1)));
                var tail = Math.Min(Context, lines.Count - at - removed);
                var added = Enumerable.Range(0, _random.Next(tail == 0 ? 1 : 0, 4)).Select(Line).ToList();
                Write($"@@ -{at - head + 1},{head + removed + tail} +{after.Count - head + 1},{head + added.Count + tail} @@\n");
                lines.GetRange(at - head, head).ForEach(line => Write(' ', line));
                lines.GetRange(at, removed).ForEach(line => Write('-', line));
                added.ForEach(line => Write('+', line));
                lines.GetRange(at + removed, tail).ForEach(line => Write(' ', line));
                after.AddRange(added);
                at += removed;
                kept = (2 * Context) + _random.Next(1, 9);
            }
            while (at + kept < lines.Count);

            after.AddRange(lines[at..]);
            return after;
        }

        /// <summary>Any bytes but the line feed, and an end; NUL only in files that have one in their first line, as no edit may bring it into text.</summary>
        private byte[] Line(int number)
        {
            var bytes = new byte[_random.Next(20)];
            _random.NextBytes(bytes);
            bytes.AsSpan().Replace((byte)'\n', (byte)'\r');
            bytes.AsSpan().Replace((byte)0, (byte)(_isText ? 1 : 0));
            return [.. Encoding.UTF8.GetBytes($"{number}:"), .. bytes, .. _isText || number > 0 ? ""u8 : "\0"u8, (byte)'|', .. Encoding.UTF8.GetBytes(Ends[_random.Next(2)])];
        }

        private void Write(char sign, byte[] line)
        {
            _diff.Add((byte)sign);
            _diff.AddRange(line);
            if (line[^1] != '\n')
            {
                Write("\n\\ No newline at end of file\n");
            }
        }

        private void Write(string text) => _diff.AddRange(Encoding.UTF8.GetBytes(text));

        private static byte[] Joined(IEnumerable<byte[]> lines) => [.. lines.SelectMany(static line => line)];
    }
}
