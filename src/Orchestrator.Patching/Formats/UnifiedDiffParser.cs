using System.Security.Cryptography;

namespace Orchestrator.Patching;

/// <summary>Reads unified diffs, with git's extended headers and binary patches or without.</summary>
internal sealed class UnifiedDiffParser(PatchOptions options)
{
    private static readonly string EmptyHash = Convert.ToHexStringLower(SHA256.HashData([]));

    /// <summary>Reads a diff. The patch set goes on using the bytes, which must not change.</summary>
    public PatchSet Parse(ReadOnlyMemory<byte> patch, string taskId)
    {
        var budget = new PatchBudget(options);
        var lines = new PatchLines(patch, options.MaxLineBytes);
        var headers = new DiffHeaderReader(lines, options.StripComponents);
        var hunks = new HunkReader(lines, budget);
        var around = new DiffSurroundings(lines);
        var files = new List<FilePatch>();
        while (!lines.AtEnd)
        {
            DiffFileHeader header;
            if (lines.HeaderStarts("diff --git "u8))
            {
                header = headers.ReadGit();
            }
            else if (lines.HeaderStarts("--- "u8) && lines.Peek().StartsWith("+++ "u8))
            {
                header = headers.ReadPlain();
                if (lines.AtEnd || !HunkHeader.Begins(lines.Header))
                {
                    throw lines.Malformed("A hunk that begins with '@@ ' is expected; other kinds of diff are not read.");
                }
            }
            else
            {
                around.TakeLine();
                lines.MoveNext();
                continue;
            }

            budget.TakeFile(header.Line);
            files.Add(ReadFile(header, lines, hunks, budget));
            around.BeginAfterFile();
        }

        if (files.Count == 0)
        {
            throw new PatchFormatException(PatchConflictCode.Malformed, 1, "There is no diff in the patch: no line begins with 'diff --git' or with '---' and '+++'.", 1);
        }

        around.CheckEnd();
        return new PatchSet { TaskId = taskId, Files = files.ToValueList(), IsSequential = SaysAnythingTwice(files) };
    }

    // Several diffs behind one another, as a series of commits is mailed: each is about what the ones before made, as git reads it. One diff names a file twice only to delete it and make another.
    // In a diff a backslash is a backslash, which no path may have; in replies, the other sequential sets, it separates.
    private static bool SaysAnythingTwice(List<FilePatch> files) => !files.Any(static file => file.Path.Contains('\\', StringComparison.Ordinal)) && files
        .GroupBy(static file => file.Path, StringComparer.Ordinal)
        .Any(static same => same.Count() > 1 && !same.Select(static file => file.Operation).SequenceEqual([FileOperation.Delete, FileOperation.Create]));

    private static FilePatch ReadFile(DiffFileHeader header, PatchLines lines, HunkReader hunks, PatchBudget budget)
    {
        if (lines.HeaderStarts("GIT binary patch"u8))
        {
            lines.MoveNext();
            var (forward, reverse) = new BinaryPatchReader(lines, budget).Read();
            return MakeBinary(header, forward, reverse, budget);
        }

        if (!lines.AtEnd && DiffText.LeavesOutBinary(lines.Header))
        {
            throw DiffSurroundings.BinaryLeftOut(lines);
        }

        var edits = hunks.Read();
        if (edits.Count == 1 && hunks.IsWhole)
        {
            header.IsCreate |= header.MayBeNew;
            edits = header.WasEmpty ? [edits[0] with { AtEnd = true }] : edits;
        }

        var operation = header.Operation;
        if (operation == FileOperation.Create)
        {
            if (edits.Count > 1 || (edits.Count == 1 && !edits[0].Old.IsEmpty))
            {
                throw new PatchFormatException(PatchConflictCode.Malformed, header.Line, "A new file has exactly one hunk, and it only adds lines.", 1);
            }

            return Make(header, content: edits.Count == 0 ? new PatchContent(default) : edits[0].New);
        }

        if (operation == FileOperation.Delete)
        {
            if (edits.Count > 1 || (edits.Count == 1 && !edits[0].New.IsEmpty))
            {
                throw new PatchFormatException(PatchConflictCode.Malformed, header.Line, "A deleted file has exactly one hunk, and it only removes lines.", 1);
            }

            return Make(header, edits, baseHash: edits.Count == 0 ? EmptyHash : Hash(edits[0].Old.Bytes.Span));
        }

        return Make(header, edits);
    }

    /// <summary>The way back, when the diff gives it, tells what the file before must be.</summary>
    private static FilePatch MakeBinary(DiffFileHeader header, BinaryPatchReader.Part forward, BinaryPatchReader.Part? reverse, PatchBudget budget)
    {
        var after = forward.IsDelta ? null : forward.Bytes;
        var before = reverse switch
        {
            null => null,
            { IsDelta: false } => reverse.Bytes,
            _ when after is not null => GitDelta.Apply(after, reverse.Bytes, budget.MaxFileBytes)
                ?? throw new PatchFormatException(PatchConflictCode.Malformed, header.Line, "The way back in the binary patch does not fit.", 1),
            _ => null,
        };
        if (forward.IsDelta && before is not null)
        {
            after = GitDelta.Apply(before, forward.Bytes, budget.MaxFileBytes)
                ?? throw new PatchFormatException(PatchConflictCode.Malformed, header.Line, "The binary delta is broken.", 1);
        }

        var baseHash = before is null || header.IsCreate ? null : Hash(before);
        return header.Operation switch
        {
            FileOperation.Delete when baseHash is null => throw new PatchFormatException(
                PatchConflictCode.Malformed, header.Line, "The deletion of a binary file must carry the file before.", 1),
            FileOperation.Delete => Make(header, baseHash: baseHash),
            FileOperation.Create when after is null => throw new PatchFormatException(PatchConflictCode.Malformed, header.Line, "A new file cannot be a delta.", 1),
            _ when after is not null => Make(header, content: new PatchContent(after), baseHash: baseHash),
            _ => Make(header, delta: new PatchContent(forward.Bytes)),
        };
    }

    private static FilePatch Make(
        DiffFileHeader header, ValueList<PatchEdit>? edits = null, PatchContent? content = null, PatchContent? delta = null, string? baseHash = null)
    {
        var operation = header.Operation;
        try
        {
            return new FilePatch
            {
                Path = (operation == FileOperation.Delete ? header.OldName ?? header.NewName : header.NewName)!,
                OldPath = operation is FileOperation.Rename or FileOperation.Copy ? header.OldName : null,
                Operation = operation,
                OldMode = header.OldMode,
                NewMode = header.NewMode,
                BaseHash = baseHash,
                BaseBlob = operation == FileOperation.Create ? null : header.BaseBlob,
                Content = content,
                BinaryDelta = delta,
                Edits = edits ?? [],
            };
        }
        catch (ArgumentException error)
        {
            throw new PatchFormatException(PatchConflictCode.PathRefused, header.Line, $"The path is not allowed: {error.Message}", 1);
        }
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
