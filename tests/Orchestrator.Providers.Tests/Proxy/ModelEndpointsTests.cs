namespace Orchestrator.Providers.Proxy;

public sealed class ModelEndpointsTests
{
    [Theory]
    [InlineData(nameof(ModelProtocol.OpenAi), "POST", "/responses", true)]
    [InlineData(nameof(ModelProtocol.OpenAi), "POST", "/responses/compact", true)]
    [InlineData(nameof(ModelProtocol.OpenAi), "POST", "/chat/completions", true)]
    [InlineData(nameof(ModelProtocol.OpenAi), "GET", "/models", false)]
    [InlineData(nameof(ModelProtocol.OpenAi), "GET", "/models/vendor/model:free", false)]
    [InlineData(nameof(ModelProtocol.Anthropic), "POST", "/v1/messages", true)]
    [InlineData(nameof(ModelProtocol.Anthropic), "POST", "/v1/messages/count_tokens", false)]
    [InlineData(nameof(ModelProtocol.Anthropic), "HEAD", "/api/hello", false)]
    [InlineData(nameof(ModelProtocol.Anthropic), "GET", "/v1/models/claude-sonnet-4-5", false)]
    [InlineData(nameof(ModelProtocol.Gemini), "POST", "/v1beta/models/gemini-2.5-pro:streamGenerateContent", true)]
    [InlineData(nameof(ModelProtocol.Gemini), "POST", "/v1/models/gemini-2.5-pro:generateContent", true)]
    [InlineData(nameof(ModelProtocol.Gemini), "POST", "/v1beta/models/gemini-2.5-pro:countTokens", false)]
    [InlineData(nameof(ModelProtocol.Gemini), "GET", "/v1beta/models/gemini-2.5-pro", false)]
    public void What_an_agent_needs_is_let_through(string protocol, string method, string path, bool generates)
    {
        Assert.Equal((generates, null), ModelEndpoints.Check(Enum.Parse<ModelProtocol>(protocol), method, path));
    }

    [Theory]
    [InlineData(nameof(ModelProtocol.OpenAi), "POST", "/embeddings")]
    [InlineData(nameof(ModelProtocol.OpenAi), "GET", "/responses/resp_1")]
    [InlineData(nameof(ModelProtocol.OpenAi), "GET", "/files")]
    [InlineData(nameof(ModelProtocol.OpenAi), "GET", "/organization/api_keys")]
    [InlineData(nameof(ModelProtocol.OpenAi), "POST", "/v1/messages")]
    [InlineData(nameof(ModelProtocol.OpenAi), "GET", "/models/.")]
    [InlineData(nameof(ModelProtocol.OpenAi), "GET", "/models/a/../b")]
    [InlineData(nameof(ModelProtocol.OpenAi), "GET", "/models\n")]
    [InlineData(nameof(ModelProtocol.OpenAi), "DELETE", "/models/m")]
    [InlineData(nameof(ModelProtocol.Anthropic), "POST", "/v1/messages/batches")]
    [InlineData(nameof(ModelProtocol.Anthropic), "GET", "/v1/organizations/me")]
    [InlineData(nameof(ModelProtocol.Anthropic), "POST", "/api/hello")]
    [InlineData(nameof(ModelProtocol.Anthropic), "POST", "/responses")]
    [InlineData(nameof(ModelProtocol.Gemini), "POST", "/v1beta/models/..:generateContent")]
    [InlineData(nameof(ModelProtocol.Gemini), "POST", "/v1beta/cachedContents")]
    [InlineData(nameof(ModelProtocol.Gemini), "POST", "/upload/v1beta/files")]
    [InlineData(nameof(ModelProtocol.Gemini), "POST", "/v1beta/models/a/b:generateContent")]
    [InlineData(nameof(ModelProtocol.Gemini), "GET", "/v1beta/models/m:generateContent")]
    [InlineData(nameof(ModelProtocol.Gemini), "POST", "")]
    public void What_it_does_not_need_is_not(string protocol, string method, string path)
    {
        Assert.NotNull(ModelEndpoints.Check(Enum.Parse<ModelProtocol>(protocol), method, path).Refusal);
    }
}
