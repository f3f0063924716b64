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

    /// <summary>All of the above.</summary>
    public static ValueList<string> All { get; } = [Jules, Codex, Gemini, Claude, Cursor, GitHub];
}
