using System.Text;

namespace Orchestrator.Patching;

/// <summary>A line that opens or closes a block of code: three or more backticks or tildes, or one of the tags that some tools use instead.</summary>
internal readonly record struct FenceMark(byte Character, int Length, string Label)
{
    private static readonly string[] Tags = ["source", "code", "pre", "codeblock", "sourcecode"];

    /// <summary>Reads a line without the space around it.</summary>
    public static FenceMark? Read(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return null;
        }

        if (line[0] is (byte)'`' or (byte)'~')
        {
            var length = line.IndexOfAnyExcept(line[0]);
            length = length < 0 ? line.Length : length;
            var rest = line[length..];
            return length < 3 || (line[0] == '`' && rest.Contains((byte)'`')) ? null : new FenceMark(line[0], length, Encoding.UTF8.GetString(rest).Trim());
        }

        foreach (var tag in Tags)
        {
            if (line[0] == '<' && line[1..].StartsWith(Encoding.ASCII.GetBytes(tag + ">")))
            {
                return new FenceMark((byte)'<', tag.Length, Encoding.UTF8.GetString(line[(tag.Length + 2)..]).Trim());
            }
        }

        return null;
    }

    /// <summary>Whether a line without the space around it closes the block that this mark opens.</summary>
    public bool IsClosedBy(ReadOnlySpan<byte> line)
    {
        if (Character == '<')
        {
            return line.StartsWith("</"u8) && line.EndsWith(">"u8) && line.Length == Length + 3;
        }

        return line.Length >= Length && line.IndexOfAnyExcept(Character) < 0;
    }
}
