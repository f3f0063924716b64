using System.Text;

namespace Orchestrator.Providers.Cli.Fuzz;

/// <summary>Ways to spoil a stream of JSON lines. The same random source gives the same spoiled stream.</summary>
internal static class Mutations
{
    private static readonly string[] Values =
    [
        "null", "true", "[]", "{}", "-1", "1e999", "9223372036854775807", "-9223372036854775808", "0.1", "\"\"", "\"\\u0000\"", "\"\\ud83d\"", "\"\\udc00x\"", "[[[[]]]]", "\"success\"", "[null,1,{}]",
        "79228162514264337593543950335", "\"   \"", "\"429\"", "{\"\\ud83d\":1}", "[\"\\ud83d\"]",
    ];

    private static readonly byte[][] Insertions = [[0xFF], [0xC3], [0x00], [0xED, 0xA0, 0x80], [0xF0, 0x9F], "\r"u8.ToArray(), "\n"u8.ToArray(), "{"u8.ToArray(), "\""u8.ToArray(), "\\"u8.ToArray()];

    /// <summary>A stream made of lines of one or two recordings, with some of its lines spoiled.</summary>
    public static byte[] Stream(Random random, string[] lines, string[] others)
    {
        var stream = new MemoryStream();
        var count = random.Next(1, 12);
        var start = random.Next(lines.Length);
        for (var i = 0; i < count; i++)
        {
            var source = random.Next(6) == 0 ? others : lines;
            var line = random.Next(5) == 0 ? source[random.Next(source.Length)] : source[(start + i) % source.Length];
            stream.Write(random.Next(3) == 0 ? Encoding.UTF8.GetBytes(line) : Spoil(random, line));
            stream.WriteByte((byte)'\n');
        }

        var bytes = stream.ToArray();
        return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static byte[] Spoil(Random random, string line) => random.Next(8) switch
    {
        0 => Encoding.UTF8.GetBytes(line)[..random.Next(Encoding.UTF8.GetByteCount(line) + 1)],
        1 => Insert(random, line),
        2 => Encoding.UTF8.GetBytes(line + line),
        3 => Encoding.UTF8.GetBytes(Huge(random, line)),
        4 => Encoding.UTF8.GetBytes(new string('[', random.Next(200)) + line),
        5 => Encoding.UTF8.GetBytes(Exchange(random, Exchange(random, line))),
        _ => Encoding.UTF8.GetBytes(Exchange(random, line)),
    };

    private static byte[] Insert(Random random, string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        var at = random.Next(bytes.Length + 1);
        return [.. bytes[..at], .. Insertions[random.Next(Insertions.Length)], .. bytes[at..]];
    }

    // A string grows: 70 thousand characters, which is more than any message may have.
    private static string Huge(Random random, string line)
    {
        var at = line.IndexOf("\":\"", random.Next(line.Length), StringComparison.Ordinal);
        return at < 0 || random.Next(50) != 0 ? line : line.Insert(at + 3, new string('y', 70_000));
    }

    // A value of the object becomes one of another type or size.
    private static string Exchange(Random random, string line)
    {
        var colon = line.IndexOf("\":", random.Next(Math.Max(1, line.Length)), StringComparison.Ordinal);
        if (colon < 0)
        {
            return line;
        }

        var start = colon + 2;
        var end = EndOfValue(line, start);
        return string.Concat(line.AsSpan(0, start), Values[random.Next(Values.Length)], line.AsSpan(end));
    }

    private static int EndOfValue(string line, int start)
    {
        var depth = 0;
        var isText = false;
        for (var i = start; i < line.Length; i++)
        {
            var c = line[i];
            if (isText)
            {
                i += c == '\\' ? 1 : 0;
                isText = c != '"';
            }
            else if (depth == 0 && c is ',' or '}' or ']' && i > start)
            {
                return i;
            }
            else
            {
                isText = c == '"';
                depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
                if (depth < 0)
                {
                    return i;
                }
            }
        }

        return line.Length;
    }
}
