using System.Text.Json;
using Orchestrator.Providers.Cli.Claude;
using Orchestrator.Providers.Cli.Codex;
using Orchestrator.Providers.Cli.Copilot;
using Orchestrator.Providers.Cli.Cursor;
using Orchestrator.Providers.Cli.Gemini;
using Orchestrator.Providers.Cli.OpenCode;
using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Recordings;

/// <summary>What a real CLI printed once, and the parser of that CLI.</summary>
internal sealed class Recording : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _errors;
    private readonly int _exitCode;

    private Recording(string name, string kind)
    {
        var folder = Engines.RequireShared("fixtures", "agents");
        using var meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name + ".meta.json")));
        _exitCode = meta.RootElement.GetProperty("rc").GetInt32();
        _errors = File.ReadAllText(Path.Combine(folder, name + ".stderr.txt"));
        Lines = File.ReadAllLines(Path.Combine(folder, name + ".stdout.jsonl"));
        if (meta.RootElement.GetProperty("cmd").EnumerateArray().Any(argument => argument.GetString() == "--usage-output-file"))
        {
            File.Copy(Path.Combine(folder, "copilot-usage-output-file.json"), Path.Combine(_directory.Path, "copilot-usage.json"));
        }

        Parser = CreateParser(kind, _directory.Path);
    }

    public string[] Lines { get; }

    public IAgentOutputParser Parser { get; }

    public int UnknownLines => UnknownLinesOf(Parser);

    /// <summary>A recording by its name, which begins with its CLI's; <c>rec-</c> before it does not matter.</summary>
    public static Recording Open(string name) => new(name, (name.StartsWith("rec-", StringComparison.Ordinal) ? name[4..] : name).Split('-')[0]);

    /// <summary>The parser of a CLI, for a run whose files are in a folder.</summary>
    public static IAgentOutputParser CreateParser(string kind, string folder)
    {
        var workspace = new AgentWorkspace { Directory = "/w", BaseCommit = "x", HomeDirectory = folder, TemporaryDirectory = folder };
        return AgentCliProfiles.Find(kind)!.CreateParser(CliRuns.Create(workspace: workspace));
    }

    public static int UnknownLinesOf(IAgentOutputParser parser) => parser switch
    {
        ClaudeOutputParser claude => claude.UnknownLines,
        CodexOutputParser codex => codex.UnknownLines,
        CopilotOutputParser copilot => copilot.UnknownLines,
        CursorOutputParser cursor => cursor.UnknownLines,
        GeminiOutputParser gemini => gemini.UnknownLines,
        OpenCodeOutputParser openCode => openCode.UnknownLines,
        _ => throw new ArgumentOutOfRangeException(nameof(parser)),
    };

    public (List<AgentEvent> Events, AgentEvent End) Play() => Play(Lines);

    public (List<AgentEvent> Events, AgentEvent End) Play(IEnumerable<string> lines)
    {
        var events = lines.SelectMany(Parser.Read).ToList();
        return (events, Parser.End(new ProcessExit { End = ProcessEnd.Exited, ExitCode = _exitCode, Duration = TimeSpan.Zero, ErrorTail = _errors }, _errors));
    }

    public void Dispose() => _directory.Dispose();
}
