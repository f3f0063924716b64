namespace Orchestrator.Patching;

/// <summary>A place in a text by lines and columns, from the first character to before the last.</summary>
/// <param name="StartLine">The line of the first character, counted from 1.</param>
/// <param name="StartColumn">Its column in UTF-16 code units, counted from 1. 1 is the begin of the line.</param>
/// <param name="EndLine">The line of the character behind the last, counted from 1; one more than the file has lines for the end of the file.</param>
/// <param name="EndColumn">Its column in UTF-16 code units, counted from 1.</param>
/// <remarks>A column behind the end of its line means the end of the line, as in the Language Server Protocol 3.17; a line behind the last means the end of the file there.</remarks>
public readonly record struct TextRange(int StartLine, int StartColumn, int EndLine, int EndColumn)
{
    /// <summary>Whether it holds nothing: a place between two characters.</summary>
    public bool IsEmpty => StartLine == EndLine && StartColumn == EndColumn;

    /// <summary>Whole lines.</summary>
    /// <param name="start">The first line, counted from 1.</param>
    /// <param name="end">The last line, included; <paramref name="start"/> - 1 for the place before the first.</param>
    /// <returns>The range from the begin of the first line to the begin of the line behind the last.</returns>
    public static TextRange Lines(int start, int end) => new(start, 1, end + 1, 1);
}
