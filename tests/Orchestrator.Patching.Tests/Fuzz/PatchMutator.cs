using System.Text;

namespace Orchestrator.Patching;

/// <summary>Spoils bytes in the ways in which models, editors and mail do, and in those of nobody.</summary>
internal sealed class PatchMutator(Random random)
{
    private static readonly string[] Tokens =
    [
        "../", "/", "//", ".git/", "..\\", "~", "C:", "CON", "\0", "\r", "\r\n", "\n\n", "\t", "\u00A0", "\u2028", "\uFEFF", "\u202E", "é", "😀", "e\u0301", "...", "@@", "@@ -1,3 +1,3 @@\n", "@@ -0,0 +1 @@\n",
        "--- ", "+++ ", "--- /dev/null\n", "+++ /dev/null\n", "diff --git a/a.txt b/a.txt\n", "rename from a.txt\n", "rename to b\n", "copy from a.txt\n", "copy to b\n", "deleted file mode 100644\n",
        "new file mode 120000\n", "old mode 100644\nnew mode 100755\n", "index 0000000..1111111 160000\n", "GIT binary patch\n", "literal 5\n", "delta 99999999\n", "\\ No newline at end of file\n",
        "*** Begin Patch\n", "*** End Patch\n", "*** End of File\n", "*** Update File: a.txt\n", "*** Add File: b\n+x\n", "*** Delete File: a.txt\n", "*** Move to: b\n", "<<<<<<< SEARCH\n", "=======\n",
        ">>>>>>> REPLACE\n", "```\n", "````\n", "{", "}", "[", "]", "\"", "\\", "\\ud83d", "\\u0000", ",", ":", "null", "true", "-1", "0", "1e9", "\"old_str\": \"\"", "\"expect\": \"x\"", "\"replace_all\": true",
        "\"base_hash\": \"0\"", "\"line\": 1", "\"range\"", "\"at_end\": true", "\"is_text\": true", "\"operation\": \"delete\"", " ", "+", "-", "+x\n", "-x\n", " x\n",
    ];

    private static readonly string[] Numbers =
        ["0", "1", "-1", "2", "7", "100", "65536", "2147483646", "2147483647", "2147483648", "4294967295", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "00000000000000000001", "1.5", "1e400"];

    /// <summary>A few changes, now and then none.</summary>
    public byte[] Mutate(byte[] bytes, byte[] other)
    {
        for (var i = Steps(); i > 0; i--)
        {
            bytes = bytes.Length == 0 ? other : Step(bytes, other);
        }

        return bytes;
    }

    private int Steps() => random.Next(20) switch
    {
        < 4 => 0,
        < 14 => 1,
        < 19 => random.Next(2, 5),
        _ => random.Next(5, 20),
    };

    private byte[] Step(byte[] bytes, byte[] other)
    {
        var at = random.Next(bytes.Length);
        return random.Next(16) switch
        {
            0 => Put(bytes, at, 1, [(byte)(bytes[at] ^ (1 << random.Next(8)))]),
            1 => Put(bytes, at, 1, [(byte)random.Next(256)]),
            2 => Put(bytes, at, random.Next(1, 20), []),
            3 or 4 => Put(bytes, at, 0, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)])),
            5 => Splice(bytes, other),
            6 => Line(bytes, static line => [.. line, .. line]),
            7 => Line(bytes, static _ => []),
            8 => SwapLines(bytes),
            9 or 10 => Number(bytes, at),
            11 => bytes[..at],
            12 => Put(bytes, at, 0, random.Next(2) == 0 ? [0xE2, 0x82] : [0xF0, 0x9F, 0x98]),
            13 => Put(bytes, at, 0, [0]),
            14 => LongLine(bytes, at),
            _ => LineEnds(bytes),
        };
    }

    private static byte[] Put(byte[] bytes, int at, int removed, byte[] added) => [.. bytes.AsSpan(0, at), .. added, .. bytes.AsSpan(Math.Min(bytes.Length, at + removed))];

    /// <summary>The beginning of one and the end of the other.</summary>
    private byte[] Splice(byte[] bytes, byte[] other) => random.Next(3) == 0
        ? [.. bytes, .. other]
        : [.. bytes.AsSpan(0, LineStart(bytes, random.Next(bytes.Length + 1))), .. other.AsSpan(LineStart(other, random.Next(other.Length + 1)))];

    private byte[] Line(byte[] bytes, Func<byte[], byte[]> change)
    {
        var (start, end) = Bounds(bytes, random.Next(bytes.Length));
        return Put(bytes, start, end - start, change(bytes[start..end]));
    }

    private byte[] SwapLines(byte[] bytes)
    {
        var one = Bounds(bytes, random.Next(bytes.Length));
        var two = Bounds(bytes, random.Next(bytes.Length));
        (one, two) = one.Start <= two.Start ? (one, two) : (two, one);
        return one == two ? bytes : [.. bytes[..one.Start], .. bytes[two.Start..two.End], .. bytes[one.End..two.Start], .. bytes[one.Start..one.End], .. bytes[two.End..]];
    }

    private byte[] Number(byte[] bytes, int at)
    {
        var start = bytes.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0)
        {
            return bytes;
        }

        start += at;
        var length = bytes.AsSpan(start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return Put(bytes, start, length < 0 ? bytes.Length : length, Encoding.UTF8.GetBytes(Numbers[random.Next(Numbers.Length)]));
    }

    private byte[] LongLine(byte[] bytes, int at)
    {
        var length = random.Next(30) == 0 ? 1 << 18 : random.Next(20, 3000);
        return Put(bytes, at, 0, random.Next(3) switch
        {
            0 => Enumerable.Repeat(bytes[at], length).ToArray(),
            1 => [.. Enumerable.Range(0, length).SelectMany(_ => bytes.AsSpan(at, Math.Min(2, bytes.Length - at)).ToArray())],
            _ => [.. Enumerable.Repeat((byte)"[{ \t\n+"[random.Next(6)], length)],
        });
    }

    private byte[] LineEnds(byte[] bytes) => random.Next(3) switch
    {
        0 => [.. bytes.SelectMany(static one => one == '\n' ? "\r\n"u8.ToArray() : [one])],
        1 => [.. bytes.Where(static one => one != '\r')],
        _ => [.. bytes.Select(static one => one == '\n' ? (byte)'\r' : one)],
    };

    private static int LineStart(byte[] bytes, int at) => bytes.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;

    private static (int Start, int End) Bounds(byte[] bytes, int at)
    {
        var end = bytes.AsSpan(at).IndexOf((byte)'\n');
        return (LineStart(bytes, at), end < 0 ? bytes.Length : at + end + 1);
    }
}
