namespace Orchestrator.Secrets;

/// <summary>The names of the secrets that the shipped providers use. They are also the names of the environment variables.</summary>
public static class SecretNames
{
    /// <summary>Google Jules.</summary>
    public const string Jules = "JULES_API_KEY";

    /// <summary>OpenAI Codex CLI.</summary>
    public const string Codex = "CODEX_API_KEY";

    /// <summary>Google Gemini CLI.</summary>
    public const string Gemini = "GEMINI_API_KEY";

    /// <summary>Anthropic Claude Code.</summary>
    public const string Claude = "CLAUDE_API_KEY";

    /// <summary>Cursor agent.</summary>
    public const string Cursor = "CURSOR_API_KEY";

    /// <summary>GitHub, with the smallest scope that does.</summary>
    public const string GitHub = "GITHUB_TOKEN";

    /// <summary>GitHub Copilot CLI: a token with the right to Copilot and nothing else. Never that of <see cref="GitHub"/>, which may write to repositories.</summary>
    public const string Copilot = "COPILOT_GITHUB_TOKEN";

    /// <summary>All of the above.</summary>
    public static ValueList<string> All { get; } = [Jules, Codex, Gemini, Claude, Cursor, GitHub, Copilot];

    /// <summary>What the vendor's own tools call a secret. Asked for when nobody knows it by its name here.</summary>
    /// <param name="name">One of <see cref="All"/>, or any other name, which has no others.</param>
    /// <returns>The other names, in order; empty when there are none.</returns>
    public static ValueList<string> AliasesOf(string name) => name switch
    {
        Codex => ["OPENAI_API_KEY"],
        Gemini => ["GOOGLE_API_KEY"],
        Claude => ["ANTHROPIC_API_KEY"],
        GitHub => ["GH_TOKEN"],
        _ => [],
    };
}
