namespace Orchestrator.Patching;

/// <summary>
/// Judges the lines of a patch that belong to no diff. Text before a diff is allowed, as in mails, and a signature behind it; what follows a diff and could have been meant as a part of it
/// is an error, for it would be lost silently.
/// </summary>
internal sealed class DiffSurroundings(PatchLines lines)
{
    private bool _isBehindFile;
    private bool _isInFence;
    private bool _isFree;
    private int _leftover;

    /// <summary>The current line is the first one behind a file.</summary>
    public void BeginAfterFile()
    {
        _isBehindFile = true;
        _isFree = false;
        _leftover = 0;
    }

    /// <summary>Looks at the current line, which belongs to no file.</summary>
    public void TakeLine()
    {
        var line = lines.Header;
        if (line.StartsWith("```"u8))
        {
            // Behind the closing fence a model goes on in its own words.
            (_isFree, _isInFence) = (_isFree || _isInFence, !_isInFence);
            return;
        }

        // In free text, too, a hunk would be lost silently.
        if (line.IsEmpty || (_isFree && !line.StartsWith("@@ -"u8)))
        {
            return;
        }

        if (_isBehindFile && DiffText.IsSignature(line))
        {
            _isFree = true;
            return;
        }

        if (DiffText.LeavesOutBinary(line))
        {
            throw BinaryLeftOut(lines);
        }

        if (DiffText.Refusal(line, lines.Peek()) is { } refusal)
        {
            throw lines.Malformed(refusal);
        }

        if (_isBehindFile)
        {
            TakeBehindFile(line);
        }
    }

    /// <summary>No diff follows any more: what still stands behind the last one is left over.</summary>
    public void CheckEnd()
    {
        if (_leftover > 0)
        {
            throw new PatchFormatException(
                PatchConflictCode.Malformed, _leftover, "There is text behind the last hunk that belongs to nothing; a signature begins with a line '-- '.", 1);
        }
    }

    public static PatchFormatException BinaryLeftOut(PatchLines lines) => new(
        PatchConflictCode.OperationRefused, lines.Number, "The diff leaves out a binary file; make it with 'git diff --binary --full-index'.", 1);

    private void TakeBehindFile(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("From "u8) || line.StartsWith("commit "u8) || line.StartsWith("# "u8) || line.StartsWith("Index: "u8) || line.StartsWith("diff "u8))
        {
            // A mail, a commit or a file of its own begins.
            _isBehindFile = false;
        }
        else if (DiffText.IsBodyLine(line))
        {
            throw lines.Malformed("The line looks like more of the hunk before, but does not belong to it.");
        }

        if (_leftover == 0 && !line.TrimStart((byte)'=').IsEmpty)
        {
            _leftover = lines.Number;
        }
    }
}
