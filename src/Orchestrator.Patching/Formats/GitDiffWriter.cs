using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>Writes file pairs as a git diff that <c>git apply</c> takes: full object ids, binaries whole.</summary>
internal sealed class GitDiffWriter : IDisposable
{
    private const int Context = 3;
    private const string NoObject = "0000000000000000000000000000000000000000";

    private readonly MemoryStream _output = new();

    public PatchContent Write(IEnumerable<FilePair> pairs)
    {
        foreach (var pair in pairs)
        {
            if (pair.Before is { } before && pair.After is { } after && before.Kind != after.Kind)
            {
                // A file that becomes a link, or the other way round: git takes it in two steps.
                if (pair.Patch.Operation != FileOperation.Copy)
                {
                    var oldPath = pair.Patch.OldPath ?? pair.Patch.Path;
                    WriteFile(oldPath, oldPath, FileOperation.Delete, before, null);
                }

                WriteFile(pair.Patch.Path, pair.Patch.Path, FileOperation.Create, null, after);
                continue;
            }

            var operation = pair.Patch.OldPath == pair.Patch.Path ? FileOperation.Modify : pair.Patch.Operation;
            WriteFile(pair.Patch.OldPath ?? pair.Patch.Path, pair.Patch.Path, operation, pair.Before, pair.After);
        }

        return new PatchContent(_output.ToArray());
    }

    public void Dispose() => _output.Dispose();

    private void WriteFile(string oldPath, string newPath, FileOperation operation, FileImage? before, FileImage? after)
    {
        var sameBytes = FileImage.Same(before, after);
        if (operation == FileOperation.Modify && sameBytes && Mode(before) == Mode(after))
        {
            return;
        }

        Line($"diff --git {GitPath.Quote("a/" + oldPath)} {GitPath.Quote("b/" + newPath)}");
        if (before is null)
        {
            Line($"new file mode {Mode(after)}");
        }
        else if (after is null)
        {
            Line($"deleted file mode {Mode(before)}");
        }
        else if (Mode(before) != Mode(after))
        {
            Line($"old mode {Mode(before)}");
            Line($"new mode {Mode(after)}");
        }

        if (operation is FileOperation.Rename or FileOperation.Copy)
        {
            var word = operation == FileOperation.Rename ? "rename" : "copy";
            Line($"similarity index {Similarity(before!, after!)}%");
            Line($"{word} from {GitPath.Quote(oldPath)}");
            Line($"{word} to {GitPath.Quote(newPath)}");
        }

        if (!sameBytes)
        {
            var mode = before is not null && after is not null && Mode(before) == Mode(after) ? " " + Mode(after) : "";
            Line($"index {ObjectId(before)}..{ObjectId(after)}{mode}");
            WriteContent(oldPath, newPath, before, after);
        }
    }

    private void WriteContent(string oldPath, string newPath, FileImage? before, FileImage? after)
    {
        var oldBytes = (before?.Bytes ?? default).Span;
        var newBytes = (after?.Bytes ?? default).Span;
        if (ChangeSummary.IsBinary(oldBytes) || ChangeSummary.IsBinary(newBytes))
        {
            Line("GIT binary patch");
            WriteLiteral(newBytes);
            WriteLiteral(oldBytes);
            return;
        }

        if (oldBytes.IsEmpty && newBytes.IsEmpty)
        {
            return;
        }

        Line($"--- {(before is null ? "/dev/null" : Name("a/" + oldPath))}");
        Line($"+++ {(after is null ? "/dev/null" : Name("b/" + newPath))}");
        WriteHunks(oldBytes, newBytes);
    }

    private void WriteHunks(ReadOnlySpan<byte> oldBytes, ReadOnlySpan<byte> newBytes)
    {
        var runs = LineDiff.Compare(oldBytes, newBytes);
        var oldLines = new LineIndex(oldBytes);
        var newLines = new LineIndex(newBytes);
        for (var first = 0; first < runs.Count;)
        {
            var last = first;
            while (last + 1 < runs.Count && runs[last + 1].OldStart - (runs[last].OldStart + runs[last].OldCount) <= 2 * Context)
            {
                last++;
            }

            var lead = Math.Min(Context, runs[first].OldStart);
            var oldEnd = runs[last].OldStart + runs[last].OldCount;
            var trail = Math.Min(Context, oldLines.Count - oldEnd);
            var oldFrom = runs[first].OldStart - lead;
            var newFrom = runs[first].NewStart - lead;
            var newEnd = runs[last].NewStart + runs[last].NewCount;
            Line($"@@ -{Range(oldFrom, oldEnd + trail - oldFrom)} +{Range(newFrom, newEnd + trail - newFrom)} @@");
            var at = oldFrom;
            for (var i = first; i <= last; i++)
            {
                Lines(' ', oldBytes, oldLines, at, runs[i].OldStart);
                Lines('-', oldBytes, oldLines, runs[i].OldStart, runs[i].OldStart + runs[i].OldCount);
                Lines('+', newBytes, newLines, runs[i].NewStart, runs[i].NewStart + runs[i].NewCount);
                at = runs[i].OldStart + runs[i].OldCount;
            }

            Lines(' ', oldBytes, oldLines, at, oldEnd + trail);
            first = last + 1;
        }
    }

    private void Lines(char mark, ReadOnlySpan<byte> bytes, LineIndex index, int from, int to)
    {
        for (var line = from + 1; line <= to; line++)
        {
            var text = bytes[index.Start(line)..index.Start(line + 1)];
            _output.WriteByte((byte)mark);
            _output.Write(text);
            if (text.IsEmpty || text[^1] != '\n')
            {
                _output.Write("\n\\ No newline at end of file\n"u8);
            }
        }
    }

    private void WriteLiteral(ReadOnlySpan<byte> bytes)
    {
        Line($"literal {bytes.Length}");
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(bytes);
        }

        // An empty stream is written as nothing by the compressor; git wants a well-formed one.
        var data = packed.Length > 0 ? packed.ToArray() : [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];
        foreach (var chunk in data.Chunk(Base85.LineBytes))
        {
            Line(Base85.EncodeLine(chunk));
        }

        Line("");
    }

    private void Line(string text)
    {
        _output.Write(Encoding.UTF8.GetBytes(text));
        _output.WriteByte((byte)'\n');
    }

    private static string Range(int from, int count) =>
        count == 1 ? (from + 1).ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? from : from + 1)},{count}");

    private static string Name(string path)
    {
        var quoted = GitPath.Quote(path);
        return quoted == path && path.Contains(' ', StringComparison.Ordinal) ? path + "\t" : quoted;
    }

    private static string Mode(FileImage? image) => image switch
    {
        { Kind: EntryKind.Link } => "120000",
        { IsExecutable: true } => "100755",
        _ => "100644",
    };

    private static int Similarity(FileImage before, FileImage after)
    {
        var most = Math.Max(before.Bytes.Length, after.Bytes.Length);
        if (FileImage.Same(before, after) || most == 0)
        {
            return 100;
        }

        var prefix = before.Bytes.Span.CommonPrefixLength(after.Bytes.Span);
        return (int)(99L * prefix / most);
    }

    /// <summary>The name that git gives the content.</summary>
#pragma warning disable CA5350 // Not for security: SHA-1 is what git's object ids are.
    private static string ObjectId(FileImage? image)
    {
        if (image is null)
        {
            return NoObject;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {image.Bytes.Length}\0"));
        hash.AppendData(image.Bytes.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
#pragma warning restore CA5350
}
