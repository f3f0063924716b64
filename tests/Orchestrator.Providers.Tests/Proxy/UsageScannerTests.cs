using System.Text;
using Orchestrator.Providers.Proxy.Metering;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Proxy;

public sealed class UsageScannerTests
{
    private const string Decoy = "\"content\":[{\"text\":\"\\\"usage\\\":{\\\"output_tokens\\\":9999999}} {\\\"usage\\\":{\",\"usage\":{\"output_tokens\":777}}]";

    [Theory]
    [InlineData(false, "{\"id\":\"x\"," + Decoy + ",\"usage\":{\"input_tokens\":5,\"input_tokens_details\":{\"cached_tokens\":2},\"note\":\"}\",\"output_tokens\":3},\"z\":[{}]}")]
    [InlineData(false, "{\"usage\":{\"output_tokens\":3,\"input_tokens\":5,\"input_tokens_details\":{\"cached_tokens\":2}}," + Decoy + "}")]
    [InlineData(false, " [ {\"usage\":{\"output_tokens\":1}} , {\"usage\":{\"input_tokens\":5,\"output_tokens\":3,\"input_tokens_details\":{\"cached_tokens\":2}}} ] ")]
    [InlineData(true, "event: a\ndata: {\"usage\":null," + Decoy + "}\n\nevent: b\ndata: {\"response\":{" + Decoy + ",\"usage\":{\"input_tokens\":5,\"output_tokens\":3,\"input_tokens_details\":{\"cached_tokens\":2}}}}\n\ndata: [DONE]\n\n")]
    [InlineData(true, "data:{\"message\":{\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}\r\n\r\n: ping\r\n\r\ndata: {\"usage\":{\"output_tokens\":3,\"input_tokens_details\":{\"cached_tokens\":2}}}\r\n\r\n")]
    [InlineData(true, "data: {\"usage\":{\"input_tokens\":5,\ndata: \"output_tokens\":3,\ndata: \"input_tokens_details\":{\"cached_tokens\":2}}}\n\n")]
    [InlineData(true, "data: {\"torn\":{\"usage\n\ndata: {\"usage\":{\"input_tokens\":5,\"output_tokens\":3,\"input_tokens_details\":{\"cached_tokens\":2}}}\n\n")]
    public void Usage_is_found_however_the_answer_is_cut(bool isStream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var scanner = new UsageScanner();
            scanner.Begin(isStream);
            foreach (var piece in bytes.Chunk(size))
            {
                scanner.Read(piece);
            }

            Assert.Equal(
                [new("input_tokens", 5), new("input_tokens_details.cached_tokens", 2), new("output_tokens", 3)],
                scanner.Found.OrderBy(static count => count.Key, StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("{\"other\":{\"usage\":{\"output_tokens\":3}}}")]
    [InlineData("{\"response\":{\"deeper\":{\"usage\":{\"output_tokens\":3}}}}")]
    [InlineData("{\"response\":[{\"usage\":{\"output_tokens\":3}}]}")]
    [InlineData("{\"usage\":[{\"output_tokens\":3}]}")]
    [InlineData("{\"usage\":\"{\\\"output_tokens\\\":3}\"}")]
    [InlineData("{\"\\u0075sage\":{\"output_tokens\":3}}")]
    [InlineData("{\"usage\":{\"output_tokens\":\"3\",\"a\":1.5,\"b\":true,\"c\":null,\"\\ud800\":1}}")]
    [InlineData("{\"usage\":{bad}}")]
    [InlineData("}}}]]]{{{\"usage\":{\"output_tokens\":3")]
    [InlineData("")]
    public void What_is_no_usage_counts_nothing(string text)
    {
        var scanner = new UsageScanner();
        scanner.Read(Encoding.UTF8.GetBytes(text));

        Assert.Empty(scanner.Found);
    }

    [Fact]
    public void Long_answers_take_no_more_memory_than_short_ones()
    {
        var scanner = new UsageScanner();
        scanner.Begin(isStream: true);
        var text = Encoding.UTF8.GetBytes(new string('x', 1 << 20));
        var before = GC.GetAllocatedBytesForCurrentThread();

        scanner.Read("data: {\"response\":{\"output\":\""u8);
        for (var i = 0; i < 64; i++)
        {
            scanner.Read(text);
        }

        scanner.Read("\",\"usage\":{\"filler\":\""u8);
        scanner.Read(text);
        scanner.Read("\"},\"usage\":{\"output_tokens\":3}}}\n\n"u8);

        Assert.Equal(3, scanner.Found["output_tokens"]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024);
    }

    [Fact]
    public void Counts_that_no_answer_has_are_cut()
    {
        var usage = UsageForms.Read(ModelProtocol.OpenAi, new Dictionary<string, long> { ["input_tokens"] = long.MaxValue, ["output_tokens"] = long.MinValue });

        Assert.Equal(new TokenUsage { InputTokens = 1_000_000_000_000 }, usage);
        Assert.Null(UsageForms.Read(ModelProtocol.Gemini, new Dictionary<string, long>()));
    }

    [Fact]
    public void No_mutilated_answer_breaks_it()
    {
        var random = SeededRandom.Create(4711);
        var seeds = (string[])["{\"response\":{" + Decoy + ",\"usage\":{\"output_tokens\":3}}}", "event: x\ndata: {\"message\":{\"usage\":{\"input_tokens\":5}}}\n\n", "[{\"usageMetadata\":{\"promptTokenCount\":1}}]"];
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]);
            for (var change = random.Next(6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(2) == 0 ? "{}[]\":,\\\n\r"[random.Next(10)] : random.Next(256));
            }

            var scanner = new UsageScanner();
            scanner.Begin(random.Next(2) == 0);
            scanner.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
            scanner.Read(bytes);

            Assert.InRange(scanner.Found.Count, 0, 64);
        }
    }
}
