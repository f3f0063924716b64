using System.Text.Json;

namespace Orchestrator.Providers.Cli.Claude;

/// <summary>What Claude Code's tools do, and on what.</summary>
internal static class ClaudeTools
{
    public static AgentToolCall Describe(string name, JsonElement input) => new() { Tool = KindOf(name), Target = TargetOf(name, input) };

    private static ToolKind KindOf(string name) => name switch
    {
        "Edit" or "MultiEdit" or "Write" or "NotebookEdit" => ToolKind.Edit,
        "Read" or "LS" or "NotebookRead" => ToolKind.Read,
        "Bash" or "BashOutput" or "KillShell" or "PowerShell" => ToolKind.Shell,
        "Glob" or "Grep" or "WebSearch" or "ToolSearch" => ToolKind.Search,
        "WebFetch" => ToolKind.Fetch,
        _ => ToolKind.Other,
    };

    private static string TargetOf(string name, JsonElement input) =>
        input.Text("file_path") ?? input.Text("notebook_path") ?? input.Text("command") ?? input.Text("url") ?? input.Text("query") ?? input.Text("pattern") ?? input.Text("path") ?? name;
}
