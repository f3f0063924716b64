using System.Security.Cryptography;

namespace Orchestrator.Patching;

/// <summary>Spoils what was read from a patch: members that contradict each other, places that are nowhere, and text that really stands in the files.</summary>
internal sealed class PatchSetMutator(Random random, IReadOnlyList<FuzzFile> files)
{
    private static readonly int[] Numbers = [1, 2, 3, 5, 8, 13, 100, 1_000_000, int.MaxValue - 1, int.MaxValue];

    private static readonly string[] Paths = ["n", "n/m", "a.txt/x", "A.TXT", "dir", "src", "link", "link/x", "../a.txt", ".git/x", "e\u0301", "é", "a.txt.", "data.bin"];

    public PatchSet Mutate(PatchSet set)
    {
        var list = set.Files.ToList();
        for (var i = random.Next(1, 5); i > 0 && list.Count > 0; i--)
        {
            var at = random.Next(list.Count);
            switch (random.Next(8))
            {
                case 0:
                    list.Add(list[at]);
                    break;
                case 1:
                    list.Reverse();
                    break;
                case 2:
                    set = set with { IsSequential = !set.IsSequential };
                    break;
                default:
                    list[at] = File(list[at]);
                    break;
            }
        }

        return set with { Files = list.ToValueList() };
    }

    private FilePatch File(FilePatch file) => random.Next(14) switch
    {
        0 => file with { Path = Path() },
        1 => file with { OldPath = random.Next(3) == 0 ? null : random.Next(3) == 0 ? file.Path : Path() },
        2 => file with { Operation = (FileOperation)random.Next((int)FileOperation.Copy + 1) },
        3 => file with { OldMode = (PatchFileMode)random.Next(5), NewMode = (PatchFileMode)random.Next(5) },
        4 => file with { Content = random.Next(3) == 0 ? null : new PatchContent(Slice()) },
        5 => file with { BinaryDelta = new PatchContent(Delta()) },
        6 => file with { BaseHash = Convert.ToHexStringLower(SHA256.HashData(AnyFile().Bytes)) },
        7 => file with { Overwrites = !file.Overwrites },
        8 => file with { Edits = file.Edits.Append(Made()).ToValueList() },
        9 => file with { Edits = file.Edits.Reverse().ToValueList() },
        10 => file with { Path = Path(), Operation = FileOperation.Modify, Edits = [Made()], Content = null, BinaryDelta = null, OldPath = null },
        _ => file.Edits.Count == 0 ? file with { Edits = [Made()] } : file with { Edits = file.Edits.Select(edit => random.Next(2) == 0 ? Edit(edit) : edit).ToValueList() },
    };

    private PatchEdit Edit(PatchEdit edit) => random.Next(10) switch
    {
        0 => edit with { Old = new PatchContent(Slice()) },
        1 => edit with { New = new PatchContent(Slice()) },
        2 => edit with { Line = Number() },
        3 => edit with { Range = Range() },
        4 => edit with { Anchor = random.Next(3) == 0 ? null : new PatchContent(Slice()).ToString() },
        5 => edit with { IsText = !edit.IsText },
        6 => edit with { IsInline = !edit.IsInline },
        7 => edit with { Occurrence = EditOccurrence.All },
        8 => edit with { AtStart = !edit.AtStart },
        _ => edit with { AtEnd = !edit.AtEnd },
    };

    private PatchEdit Made()
    {
        var edit = new PatchEdit { Old = new PatchContent(Slice()), New = new PatchContent(Slice()) };
        for (var i = random.Next(4); i > 0; i--)
        {
            edit = Edit(edit);
        }

        return edit;
    }

    private TextRange? Range()
    {
        var line = random.Next(1, 12);
        return random.Next(6) switch
        {
            0 => null,
            1 => new TextRange(Wild(), Wild(), Wild(), Wild()),
            2 => TextRange.Lines(line, line - 1),
            3 => TextRange.Lines(line, line + random.Next(3)),
            _ => new TextRange(line, random.Next(1, 8), line + random.Next(2), random.Next(1, 8)),
        };
    }

    private int? Number() => random.Next(4) == 0 ? null : Numbers[random.Next(Numbers.Length)];

    private int Wild() => random.Next(5) switch
    {
        0 => 0,
        1 => -1,
        2 => int.MinValue,
        _ => Numbers[random.Next(Numbers.Length)],
    };

    /// <summary>A part of a file, often whole lines.</summary>
    private byte[] Slice()
    {
        var bytes = AnyFile().Bytes;
        var (start, end) = (random.Next(bytes.Length + 1), random.Next(bytes.Length + 1));
        (start, end) = start <= end ? (start, end) : (end, start);
        if (random.Next(3) > 0)
        {
            (start, end) = (LineStart(bytes, start), LineStart(bytes, end));
        }

        return bytes[start..Math.Max(start, Math.Min(end, start + 400))];
    }

    private byte[] Delta()
    {
        var bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Path() => random.Next(2) == 0 && files.Count > 0 ? AnyFile().Path : Paths[random.Next(Paths.Length)];

    private FuzzFile AnyFile() => files.Count == 0 ? new FuzzFile("a", "one\n"u8.ToArray()) : files[random.Next(files.Count)];

    private static int LineStart(byte[] bytes, int at) => bytes.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;
}
