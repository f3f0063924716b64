using System.Text.RegularExpressions;

namespace Orchestrator.Providers.Proxy;

/// <summary>The endpoints of each protocol that are let through, below the address that the CLI is given.</summary>
internal static partial class ModelEndpoints
{
    /// <summary>What a path is with a method: let through, or why it is not.</summary>
    public static (bool Generates, Refusal? Refusal) Check(ModelProtocol protocol, string method, string path)
    {
        var (generate, count, read) = protocol switch
        {
            ModelProtocol.Anthropic => (AnthropicGenerate(), AnthropicCount(), AnthropicRead()),
            ModelProtocol.Gemini => (GeminiGenerate(), GeminiCount(), GeminiRead()),
            _ => (OpenAiGenerate(), OpenAiCount(), OpenAiRead()),
        };
        var isGenerate = generate.IsMatch(path);
        var isPost = isGenerate || count.IsMatch(path);
        var isRead = read.IsMatch(path);
        if (!isPost && !isRead)
        {
            return (false, Refusal.WrongPath);
        }

        return method switch
        {
            "POST" when isPost => (isGenerate, null),
            "GET" or "HEAD" when isRead => (false, null),
            _ => (false, Refusal.WrongMethod),
        };
    }

    // No pattern lets a percent sign, an empty segment or one that begins with a dot through: a path means the same to us and to the server.
    [GeneratedRegex(@"^/(responses|responses/compact|chat/completions)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OpenAiGenerate();

    [GeneratedRegex(@"^/responses/input_tokens\z", RegexOptions.CultureInvariant)]
    private static partial Regex OpenAiCount();

    [GeneratedRegex(@"^/models(/[A-Za-z0-9_-][A-Za-z0-9._:@-]*){0,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex OpenAiRead();

    [GeneratedRegex(@"^/v1/messages\z", RegexOptions.CultureInvariant)]
    private static partial Regex AnthropicGenerate();

    [GeneratedRegex(@"^/v1/messages/count_tokens\z", RegexOptions.CultureInvariant)]
    private static partial Regex AnthropicCount();

    [GeneratedRegex(@"^(/api/hello|/v1/models(/[A-Za-z0-9_-][A-Za-z0-9._:@-]*){0,3})\z", RegexOptions.CultureInvariant)]
    private static partial Regex AnthropicRead();

    [GeneratedRegex(@"^/v1(alpha|beta)?/(models|tunedModels)/[A-Za-z0-9_-][A-Za-z0-9._@-]*:(generateContent|streamGenerateContent)\z", RegexOptions.CultureInvariant)]
    private static partial Regex GeminiGenerate();

    [GeneratedRegex(@"^/v1(alpha|beta)?/(models|tunedModels)/[A-Za-z0-9_-][A-Za-z0-9._@-]*:countTokens\z", RegexOptions.CultureInvariant)]
    private static partial Regex GeminiCount();

    [GeneratedRegex(@"^/v1(alpha|beta)?/models(/[A-Za-z0-9_-][A-Za-z0-9._@-]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex GeminiRead();
}
