using System.Text.Json;

namespace Orchestrator.Providers.Cli.Output;

/// <summary>Tells from a tool's name and arguments what an agent does with it. CLIs name their tools differently, but with the same words.</summary>
internal static class Tools
{
    // The first kind that has a word of the name is it: "read_file" reads, "search_file_content" searches, "run_shell_command" runs.
    private static readonly (ToolKind Kind, string[] Words)[] Words =
    [
        (ToolKind.Fetch, ["fetch", "http", "url", "browse", "download"]),
        (ToolKind.Search, ["search", "grep", "find", "codebase"]),
        (ToolKind.Shell, ["shell", "bash", "command", "terminal", "exec", "powershell"]),
        (ToolKind.Edit, ["edit", "write", "create", "replace", "patch", "delete", "remove", "rename", "move"]),
        (ToolKind.Read, ["read", "view", "list", "glob", "cat", "open", "ls"]),
    ];

    private static readonly string[] Targets =
        ["command", "cmd", "file_path", "filePath", "path", "absolute_path", "targetFile", "target_file", "dir_path", "directory", "pattern", "globPattern", "query", "url", "prompt", "input"];

    /// <summary>What a tool of this name does.</summary>
    public static ToolKind KindOf(string tool)
    {
        // The agent's own notes are no files.
        if (tool.Contains("todo", StringComparison.OrdinalIgnoreCase) || tool.Contains("memory", StringComparison.OrdinalIgnoreCase))
        {
            return ToolKind.Other;
        }

        foreach (var (kind, words) in Words)
        {
            if (Array.Exists(words, word => tool.Contains(word, StringComparison.OrdinalIgnoreCase)))
            {
                return kind;
            }
        }

        return ToolKind.Other;
    }

    /// <summary>What a tool is used on: the command, the path, the query; the tool's own name when the arguments do not say.</summary>
    public static string TargetOf(string tool, JsonElement? arguments)
    {
        var found = arguments is { } given ? Array.Find(Targets, name => given.Text(name) is { Length: > 0 }) : null;
        return BoundedText.Cut(found is null ? tool : arguments!.Value.Text(found)!, BoundedText.Line);
    }
}
