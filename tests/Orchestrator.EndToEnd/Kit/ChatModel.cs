using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>A model behind OpenAI's Chat Completions that makes the given calls of a tool, one an answer, then says that it is done; it keeps what it was told.</summary>
internal sealed class ChatModel : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Queue<(string Tool, JsonObject Arguments)> _calls;
    private readonly List<string> _results = [];
    private readonly Task _serving;

    public ChatModel(params (string Tool, JsonObject Arguments)[] calls)
    {
        _calls = new(calls);
        BaseUrl = $"http://127.0.0.1:{FreePorts.Next()}/v1";
        _listener.Prefixes.Add(BaseUrl + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string BaseUrl { get; }

    /// <summary>What the calls were answered with, in order. Read it when the program has ended.</summary>
    public IReadOnlyList<string> Results => _results;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var request = JsonNode.Parse(await reader.ReadToEndAsync())!;
                if (request["messages"]!.AsArray()[^1] is { } last && (string?)last["role"] == "tool")
                {
                    _results.Add((string)last["content"]!);
                }

                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Answer().ToJsonString()));
                context.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private JsonObject Answer()
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = "done" };
        var calls = _calls.TryDequeue(out var call);
        if (calls)
        {
            message["tool_calls"] = new JsonArray(new JsonObject
            {
                ["id"] = $"call-{_calls.Count}",
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Tool, ["arguments"] = call.Arguments.ToJsonString() },
            });
        }

        return new JsonObject
        {
            ["model"] = "house-model",
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = calls ? "tool_calls" : "stop" }),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 10, ["completion_tokens"] = 1 },
        };
    }
}
