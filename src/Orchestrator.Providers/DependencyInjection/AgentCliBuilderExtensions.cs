using Microsoft.Extensions.Options;
using Orchestrator.Providers.Cli;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds coding agents' command-line programs as providers. The program must be installed; a provider whose program is missing is unhealthy and is not chosen.</summary>
public static class AgentCliBuilderExtensions
{
    /// <summary>The name of the Codex provider when none is given.</summary>
    public const string CodexName = "codex";

    /// <summary>The name of the Claude Code provider when none is given.</summary>
    public const string ClaudeName = "claude";

    /// <summary>The name of the Gemini CLI provider when none is given.</summary>
    public const string GeminiName = "gemini";

    /// <summary>The name of the Copilot CLI provider when none is given.</summary>
    public const string CopilotName = "copilot";

    /// <summary>The name of the Cursor provider when none is given.</summary>
    public const string CursorName = "cursor";

    /// <summary>The name of the opencode provider when none is given.</summary>
    public const string OpenCodeName = "opencode";

    /// <summary>Adds OpenAI's Codex CLI. The same name again adds settings to the same provider.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Its settings. Its address is an endpoint of OpenAI's Responses protocol without <c>/responses</c>.</param>
    /// <param name="name">The provider's name, which is also the name of its options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is not valid, or another kind of provider has it.</exception>
    public static IAgentProvidersBuilder AddCodex(this IAgentProvidersBuilder builder, Action<AgentCliOptions>? configure = null, string name = CodexName) =>
        builder.AddCli("codex", name, configure);

    /// <summary>Adds Anthropic's Claude Code. The same name again adds settings to the same provider.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Its settings. Its address is an endpoint of Anthropic's Messages protocol without <c>/v1/messages</c>.</param>
    /// <param name="name">The provider's name, which is also the name of its options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is not valid, or another kind of provider has it.</exception>
    public static IAgentProvidersBuilder AddClaude(this IAgentProvidersBuilder builder, Action<AgentCliOptions>? configure = null, string name = ClaudeName) =>
        builder.AddCli("claude", name, configure);

    /// <summary>Adds Google's Gemini CLI. The same name again adds settings to the same provider.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Its settings. Its address is an endpoint of the Gemini protocol without <c>/v1beta</c>.</param>
    /// <param name="name">The provider's name, which is also the name of its options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is not valid, or another kind of provider has it.</exception>
    public static IAgentProvidersBuilder AddGemini(this IAgentProvidersBuilder builder, Action<AgentCliOptions>? configure = null, string name = GeminiName) =>
        builder.AddCli("gemini", name, configure);

    /// <summary>Adds GitHub's Copilot CLI. The same name again adds settings to the same provider.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Its settings. Without an address it works with GitHub's own models; with one, an endpoint of OpenAI's protocols, with that one's key.</param>
    /// <param name="name">The provider's name, which is also the name of its options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is not valid, or another kind of provider has it.</exception>
    public static IAgentProvidersBuilder AddCopilot(this IAgentProvidersBuilder builder, Action<AgentCliOptions>? configure = null, string name = CopilotName) =>
        builder.AddCli("copilot", name, configure);

    /// <summary>Adds the Cursor agent, which is built from its documentation only. The same name again adds settings to the same provider.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Its settings. It takes no address.</param>
    /// <param name="name">The provider's name, which is also the name of its options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is not valid, or another kind of provider has it.</exception>
    public static IAgentProvidersBuilder AddCursor(this IAgentProvidersBuilder builder, Action<AgentCliOptions>? configure = null, string name = CursorName) =>
        builder.AddCli("cursor", name, configure);

    /// <summary>Adds opencode. The same name again adds settings to the same provider.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Its settings. Its address is an endpoint of OpenAI's Chat Completions protocol without <c>/chat/completions</c>.</param>
    /// <param name="name">The provider's name, which is also the name of its options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is not valid, or another kind of provider has it.</exception>
    public static IAgentProvidersBuilder AddOpenCode(this IAgentProvidersBuilder builder, Action<AgentCliOptions>? configure = null, string name = OpenCodeName) =>
        builder.AddCli("opencode", name, configure);

    private static IAgentProvidersBuilder AddCli(this IAgentProvidersBuilder builder, string kind, string name, Action<AgentCliOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var options = builder.Services.AddOptionsWithValidateOnStart<AgentCliOptions, AgentCliOptionsValidator>(name);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return builder.AddProvider(name, kind, provider => new AgentCliProvider(
            name,
            AgentCliProfiles.Find(kind)!,
            provider.GetRequiredService<IOptionsMonitor<AgentCliOptions>>().Get(name),
            provider.GetRequiredService<AgentCliServices>()));
    }
}
