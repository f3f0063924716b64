namespace Orchestrator.Patching;

/// <summary>Counts what one patch may use.</summary>
internal sealed class PatchBudget(PatchOptions options)
{
    private long _bytes;
    private int _files;
    private int _edits;

    public long MaxFileBytes => options.MaxFileBytes;

    public void Take(long fileBytes, int line)
    {
        if (fileBytes > options.MaxFileBytes)
        {
            throw new PatchFormatException(PatchConflictCode.TooLarge, line, $"A file of {fileBytes} bytes exceeds the limit of {options.MaxFileBytes}.");
        }

        _bytes += fileBytes;
        if (_bytes > options.MaxTotalBytes)
        {
            throw new PatchFormatException(PatchConflictCode.TooLarge, line, $"The files together exceed the limit of {options.MaxTotalBytes} bytes.");
        }
    }

    public void TakeFile(int line)
    {
        if (++_files > options.MaxFiles)
        {
            throw new PatchFormatException(PatchConflictCode.TooLarge, line, $"The patch has more than {options.MaxFiles} files.");
        }
    }

    public void TakeEdits(int line, int count = 1)
    {
        _edits += count;
        if (_edits > options.MaxEdits)
        {
            throw new PatchFormatException(PatchConflictCode.TooLarge, line, $"The patch has more than {options.MaxEdits} edits.");
        }
    }
}
