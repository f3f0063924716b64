using System.Buffers;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>Brings places by line and column to places in the bytes. Columns are UTF-16 code units of text that is UTF-8.</summary>
internal sealed class RangeSearch(TextLines file)
{
    private int _line = -1;
    private int _units;
    private int _offset;

    /// <summary>Why the last place could not be brought.</summary>
    public string Refusal { get; private set; } = "";

    /// <summary>The place of a range; <see langword="null"/> with a <see cref="Refusal"/> when it is none.</summary>
    /// <param name="range">The range.</param>
    /// <param name="isLines">Whether it must name lines of the file, so that nothing beyond the end is taken for the end.</param>
    public MatchPlace? Find(TextRange range, bool isLines)
    {
        if (range.StartLine < 1 || range.StartColumn < 1 || range.EndLine < range.StartLine || (range.EndLine == range.StartLine && range.EndColumn < range.StartColumn))
        {
            Refusal = "The range ends before it starts, or counts from 0.";
            return null;
        }

        if (isLines && (range.StartLine > file.Count + 1 || range.EndLine > file.Count + 1))
        {
            Refusal = $"The file has {file.Count} lines, but the patch speaks of line {Math.Max(range.StartLine, range.EndLine - 1)}.";
            return null;
        }

        return Offset(range.StartLine, range.StartColumn) is { } start && Offset(range.EndLine, range.EndColumn) is { } end
            ? new MatchPlace(file.LineAt(start), start, end)
            : null;
    }

    private int? Offset(int lineNumber, int column)
    {
        var line = lineNumber - 1;
        if (line >= file.Count)
        {
            return file.Bytes.Length;
        }

        if (column == 1)
        {
            return file.Start(line);
        }

        if (_line != line || _units > column - 1)
        {
            (_line, _units, _offset) = (line, 0, file.Start(line));
        }

        return Walk(column - 1, file.ContentEnd(line), lineNumber, column);
    }

    private int? Walk(int units, int end, int lineNumber, int column)
    {
        var span = file.Span;
        while (_units < units && _offset < end)
        {
            var plain = span[_offset..end].IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            var run = Math.Min(plain < 0 ? end - _offset : plain, units - _units);
            (_units, _offset) = (_units + run, _offset + run);
            if (_units == units || _offset == end)
            {
                break;
            }

            if (Rune.DecodeFromUtf8(span[_offset..end], out var rune, out var used) != OperationStatus.Done)
            {
                Refusal = $"Line {lineNumber} is not UTF-8, so that its columns cannot be counted. Give whole lines.";
                _line = -1;
                return null;
            }

            if (_units + rune.Utf16SequenceLength > units)
            {
                Refusal = $"Column {column} of line {lineNumber} is within a character that takes two UTF-16 code units.";
                return null;
            }

            (_units, _offset) = (_units + rune.Utf16SequenceLength, _offset + used);
        }

        return _offset;
    }
}
