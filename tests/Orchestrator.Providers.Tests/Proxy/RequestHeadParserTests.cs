using System.Text;
using Orchestrator.Providers.Proxy.Wire;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Proxy;

public sealed class RequestHeadParserTests
{
    private const string Good = "POST /v1/responses?a=b HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: 12\r\nConnection: close, X-A\r\nX-Text:  \u00e9 v \t\r\n";

    [Fact]
    public void A_head_is_read_as_it_came()
    {
        var (head, problem) = RequestHeadParser.Parse(Encoding.Latin1.GetBytes(Good));

        Assert.Null(problem);
        Assert.Equal(("POST", "/v1/responses?a=b", 12L, true, false), (head!.Method, head.Target, head.ContentLength, head.WantsClose, head.ExpectsContinue));
        Assert.Equal("\u00e9 v", head.Header("x-text"));
        Assert.Equal(["close", "X-A"], head.Words("connection"));
    }

    [Fact]
    public void No_mutilated_head_breaks_it_and_none_that_passes_holds_a_line_break()
    {
        var random = SeededRandom.Create(815);
        var passed = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Encoding.Latin1.GetBytes(Good);
            for (var change = 1 + random.Next(4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(2) == 0 ? ": \r\n\t\0,"[random.Next(7)] : random.Next(256));
            }

            var (head, problem) = RequestHeadParser.Parse(bytes);

            Assert.NotEqual(head is null, problem is null);
            if (head is not null)
            {
                passed++;
                Assert.DoesNotContain(head.Headers, static header => $"{header.Name}{header.Value}".AsSpan().ContainsAny("\r\n\0"));
                Assert.False(head.ContentLength < 0);
                Assert.Single(head.Headers, static header => header.Name.Equals("host", StringComparison.OrdinalIgnoreCase));
            }
        }

        Assert.InRange(passed, 1000, 19_000);
    }
}
