using System.Text;
using Orchestrator.Providers.Proxy.Forwarding;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Proxy;

public sealed class CredentialProxySecrecyTests
{
    private readonly ProxyHost _host = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_the_server_says_back_is_blotted_out_in_headers_and_body_wherever_it_is_cut()
    {
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            var key = exchange.Header("Authorization")!["Bearer ".Length..];
            await exchange.SendAsync($"HTTP/1.1 401 Unauthorized\r\nX-Echo: got {key}!\r\nX-{key}: 1\r\nWWW-Authenticate: Bearer realm=\"{key}\"\r\nTransfer-Encoding: chunked\r\n\r\n", token);
            foreach (var piece in Enumerable.Range(0, key.Length + 1).Select(cut => (First: "<" + key[..cut], Second: key[cut..] + ">")))
            {
                await exchange.SendAsync(Chunk(piece.First), token);
                await Task.Yield();
                await exchange.SendAsync(Chunk(piece.Second), token);
            }

            await exchange.SendAsync(Chunk(Convert.ToBase64String(Encoding.ASCII.GetBytes(key))) + Chunk("ends with " + key[..5]) + "0\r\n\r\n", token);
        });
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = new HttpClient();
        using var message = new HttpRequestMessage(HttpMethod.Post, proxy.BaseUrl + "/responses") { Content = new StringContent("{}") };
        message.Headers.Add("Authorization", "Bearer " + proxy.Key.Reveal());

        using var response = await client.SendAsync(message, Token);
        var body = await response.Content.ReadAsStringAsync(Token);

        var blot = new string('*', ProxyHost.RealKey.Length);
        Assert.Equal($"got {blot}!", response.Headers.GetValues("X-Echo").Single());
        Assert.DoesNotContain(ProxyHost.RealKey, response.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(string.Concat(Enumerable.Repeat($"<{blot}>", blot.Length + 1)) + new string('*', 32) + "ends with " + ProxyHost.RealKey[..5], body);
    }

    [Fact]
    public async Task An_answer_of_known_length_keeps_it_when_the_key_is_blotted_out()
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync($"[{exchange.Header("x-api-key")}]", token));
        await using var proxy = await _host.OpenAsync(server.Root, ModelProtocol.Anthropic);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);

        await client.SendAsync(ProxyHost.Post(proxy, "{}", "/v1/messages").Replace("Authorization: Bearer", "x-api-key:", StringComparison.Ordinal), Token);

        Assert.EndsWith($"\r\n\r\n[{new string('*', ProxyHost.RealKey.Length)}]", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_key_nor_anything_of_a_request_is_logged()
    {
        const string Body = "marked-body-of-a-request";
        const string Query = "marked-query-of-a-request";
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            if (await exchange.ReadBodyAsync(token) == Body)
            {
                exchange.Reset();
                return;
            }

            await exchange.AnswerAsync("{}", token);
        });
        var proxy = await _host.OpenAsync(server.Url, budget: 0m);
        var open = await _host.OpenAsync(server.Url);
        (CredentialProxy Proxy, string Text)[] requests =
        [
            (open, ProxyHost.Post(open, Body, "/v1/responses?" + Query)),
            (open, ProxyHost.Post(open, Body, "/v1/" + Query)),
            (open, ProxyHost.Post(open, "fine")),
            (open, ProxyHost.Post(open, Body).Replace("Bearer ", "Bearer " + ProxyHost.RealKey, StringComparison.Ordinal)),
            (open, $"{Body} {ProxyHost.RealKey}\r\n\r\n"),
            (proxy, ProxyHost.Post(proxy, Body)),
        ];
        foreach (var (target, text) in requests)
        {
            using var client = await RawClient.ConnectAsync(target.BaseUrl, Token);
            await client.SendAsync(text, Token);
            await client.ReadAnswerAsync(Token);
        }

        var keys = new[] { ProxyHost.RealKey, proxy.Key.Reveal(), open.Key.Reveal(), Body, Query, "marked" };
        await proxy.DisposeAsync();
        await open.DisposeAsync();

        Assert.Equal([1440, 1441, 1442, 1443, 1444], _host.Logger.Entries.Select(static entry => entry.EventId.Id).Distinct().Order());
        Assert.All(keys, key => Assert.DoesNotContain(key, _host.Logger.AllText(), StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(ProxyHost.RealKey, $"{proxy.Key} {proxy.Usage} {proxy}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc+/def==gh", "abc\\u002B/def==gh")]
    [InlineData("abc+/def==gh", "abc+\\/def==gh")]
    [InlineData("abc+/def==gh", "abc%2B%2Fdef%3D%3Dgh")]
    public void Escaped_keys_are_blotted_out_too(string key, string form)
    {
        var text = Encoding.ASCII.GetBytes($"x{form}y");

        Assert.Equal(0, new KeyScrubber(new SecretValue(key)).Scrub(text));

        Assert.Equal($"x{new string('*', form.Length)}y", Encoding.ASCII.GetString(text));
    }

    [Fact]
    public void Blotting_out_piece_by_piece_gives_what_blotting_out_at_once_gives()
    {
        var random = SeededRandom.Create(20261121);
        var scrubber = new KeyScrubber(new SecretValue("ababacab"));
        for (var round = 0; round < 3000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(5) == 0 ? "ababacab" : "abc"[random.Next(3)].ToString()));
            var whole = Encoding.ASCII.GetBytes(text);
            scrubber.Scrub(whole);

            var pieces = new List<byte>();
            var waiting = Array.Empty<byte>();
            for (var at = 0; at < text.Length;)
            {
                var count = Math.Min(1 + random.Next(7), text.Length - at);
                byte[] data = [.. waiting, .. Encoding.ASCII.GetBytes(text, at, count)];
                var held = scrubber.Scrub(data);
                pieces.AddRange(data[..^held]);
                waiting = data[^held..];
                at += count;
            }

            Assert.Equal(Encoding.ASCII.GetString(whole), Encoding.ASCII.GetString([.. pieces, .. waiting]));
            Assert.DoesNotContain("ababacab", Encoding.ASCII.GetString(whole), StringComparison.Ordinal);
        }
    }

    private static string Chunk(string text) => text.Length == 0 ? "" : $"{text.Length:x}\r\n{text}\r\n";
}
