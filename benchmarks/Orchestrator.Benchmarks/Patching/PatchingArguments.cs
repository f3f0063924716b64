using System.Globalization;

namespace Orchestrator.Benchmarks.Patching;

/// <summary>What of patching to measure, and how.</summary>
internal sealed record PatchingArguments
{
    public const string Usage =
        "Usage: --patching [--rounds 1..99] [--only TEXT] [--fresh], where TEXT is part of: a-memory-50 a-memory-1000 a-disk-50 a-disk-1000 b-tree c-parse";

    /// <summary>How many rounds count.</summary>
    public int Rounds { get; private init; } = 7;

    /// <summary>Part of the keys of the comparisons to make.</summary>
    public string Only { get; private init; } = "";

    /// <summary>Whether the files to patch may still lie in the write cache alone, as right after a checkout; else all of them are on the disk, as in a tree that lay there for a while.</summary>
    public bool IsFresh { get; private init; }

    /// <returns><see langword="null"/> for arguments that nobody knows.</returns>
    public static PatchingArguments? Parse(ReadOnlySpan<string> arguments)
    {
        var result = new PatchingArguments();
        while (!arguments.IsEmpty)
        {
            switch (arguments)
            {
                case ["--rounds", var value, .. var others] when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is >= 1 and <= 99:
                    result = result with { Rounds = rounds };
                    arguments = others;
                    break;
                case ["--only", var value, .. var others]:
                    result = result with { Only = value };
                    arguments = others;
                    break;
                case ["--fresh", .. var others]:
                    result = result with { IsFresh = true };
                    arguments = others;
                    break;
                default:
                    return null;
            }
        }

        return result;
    }
}
