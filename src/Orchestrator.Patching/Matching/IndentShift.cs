namespace Orchestrator.Patching;

/// <summary>By which text all lines are indented more, or less, than the patch says.</summary>
/// <param name="Text">The text; empty for no difference.</param>
/// <param name="IsLess">Whether the file's lines lack it.</param>
internal readonly record struct IndentShift(PatchContent Text, bool IsLess)
{
    public bool IsNone => Text.IsEmpty;

    /// <summary>The one shift of all lines that are not blank; <see langword="null"/> when there is none, or not one.</summary>
    public static IndentShift? Between(TextLines pattern, TextLines file, int at)
    {
        IndentShift? result = null;
        for (var line = 0; line < pattern.Count; line++)
        {
            var wanted = pattern.Content(line);
            var there = file.Content(at + line);
            if (wanted.Trim(" \t"u8).IsEmpty)
            {
                continue;
            }

            var less = Indent(wanted);
            var more = Indent(there);
            var isLess = less.Length > more.Length;
            if (isLess)
            {
                var swap = less;
                less = more;
                more = swap;
            }

            if (!more.EndsWith(less))
            {
                return null;
            }

            var text = more[..^less.Length];
            if (result is null)
            {
                result = new IndentShift(new PatchContent(text.ToArray()), isLess);
            }
            else if (!result.Value.Text.Bytes.Span.SequenceEqual(text) || (isLess != result.Value.IsLess && !text.IsEmpty))
            {
                return null;
            }
        }

        return result;
    }

    /// <summary>Whether the lines of the replacement can be shifted alike.</summary>
    public bool CanShift(TextLines replacement)
    {
        for (var line = 0; IsLess && line < replacement.Count; line++)
        {
            var content = replacement.Content(line);
            if (!content.Trim(" \t"u8).IsEmpty && !content.StartsWith(Text.Bytes.Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes a line's content, shifted; blank lines stay as they are.</summary>
    public void Write(ReadOnlySpan<byte> content, System.Buffers.ArrayBufferWriter<byte> target)
    {
        if (!IsNone && !content.Trim(" \t"u8).IsEmpty)
        {
            if (IsLess)
            {
                content = content[Text.Length..];
            }
            else
            {
                System.Buffers.BuffersExtensions.Write(target, Text.Bytes.Span);
            }
        }

        System.Buffers.BuffersExtensions.Write(target, content);
    }

    private static ReadOnlySpan<byte> Indent(ReadOnlySpan<byte> line) => line[..^line.TrimStart(" \t"u8).Length];
}
