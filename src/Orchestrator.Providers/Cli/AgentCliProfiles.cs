using System.Collections.Frozen;
using Orchestrator.Providers.Cli.Claude;
using Orchestrator.Providers.Cli.Codex;
using Orchestrator.Providers.Cli.Copilot;
using Orchestrator.Providers.Cli.Cursor;
using Orchestrator.Providers.Cli.Gemini;
using Orchestrator.Providers.Cli.OpenCode;

namespace Orchestrator.Providers.Cli;

/// <summary>The agent CLIs that ship, by the word that configuration uses.</summary>
internal static class AgentCliProfiles
{
    private static readonly FrozenDictionary<string, AgentCliProfile> Known =
        ((AgentCliProfile[])[CodexProfile.Create(), ClaudeProfile.Create(), GeminiProfile.Create(), CopilotProfile.Create(), CursorProfile.Create(), OpenCodeProfile.Create()])
        .ToFrozenDictionary(profile => profile.Kind, StringComparer.Ordinal);

    /// <summary>A profile by its word.</summary>
    public static AgentCliProfile? Find(string kind) => Known.GetValueOrDefault(kind);
}
