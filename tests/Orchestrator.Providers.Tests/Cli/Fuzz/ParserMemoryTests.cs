using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Fuzz;

/// <summary>A parser does not grow with its stream. Alone, because what the other tests hold would be counted as the parser's.</summary>
[Collection(nameof(ParserMemoryTests))]
[CollectionDefinition(nameof(ParserMemoryTests), DisableParallelization = true)]
public sealed class ParserMemoryTests
{
    [Theory]
    [MemberData(nameof(ParserFuzzTests.Kinds), MemberType = typeof(ParserFuzzTests))]
    public void A_parser_keeps_little_of_a_stream_that_never_ends(string kind)
    {
        using var directory = new TemporaryDirectory();
        var parser = ParserFuzzTests.CreateParser(kind, directory.Path);
        var lines = ParserFuzzTests.LinesOf(kind);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 20_000; i++)
        {
            // Another number in each line: calls of tools that never end, and sessions without end.
            var line = lines[i % lines.Length].Replace("_0", "_" + i, StringComparison.Ordinal).Replace("call_", $"call_{i}_", StringComparison.Ordinal).Replace("item_", $"item_{i}_", StringComparison.Ordinal);
            foreach (var happened in parser.Read(i % 100 == 0 ? line.Replace("Working", new string('w', 300_000), StringComparison.Ordinal) : line))
            {
                Assert.NotNull(happened);
            }
        }

        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(parser);
        Assert.InRange(after - before, long.MinValue, 8 * 1024 * 1024);
    }
}
