using System.Text;
using Orchestrator.Providers.Cli.Cursor;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Cli.Recordings;
using Orchestrator.Providers.Command;
using Orchestrator.Providers.Command.Output;
using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Fuzz;

/// <summary>No stream of bytes breaks a parser: 100,000 spoiled streams in all; with <c>ORCHESTRATOR_LONG=1</c> as many for each parser.</summary>
public sealed class ParserFuzzTests
{
    private const int Longest = 64 * 1024;

    private static readonly int Streams = Environment.GetEnvironmentVariable("ORCHESTRATOR_LONG") == "1" ? 100_000 : 14_300; // Of 7 parsers.

    private static readonly int[] ExitCodes = [0, 0, 0, 1, 2, 41, 53, 137, 145, 255, -9];

    public static TheoryData<string> Kinds => ["claude", "codex", "copilot", "cursor", "gemini", "opencode", "command"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task No_spoiled_stream_breaks_the_parser(string kind)
    {
        using var directory = new TemporaryDirectory();
        var (lines, others) = (LinesOf(kind), LinesOf(kind == "gemini" ? "codex" : "gemini"));
        var completed = 0;
        for (var seed = 0; seed < Streams; seed++)
        {
            var random = SeededRandom.Create(seed);
            var stream = Mutations.Stream(random, lines, others);
            var parser = CreateParser(kind, directory.Path);
            try
            {
                completed += await PlayAsync(random, parser, stream) is AgentCompleted ? 1 : 0;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Assert.Fail($"{kind}, seed {seed}: {exception}\n{Encoding.UTF8.GetString(stream.AsSpan(0, Math.Min(stream.Length, 4000)))}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{completed} of {Streams} streams completed.");
        Assert.InRange(completed, Streams / 1000, Streams / 2);
    }

    private static async Task<AgentEvent> PlayAsync(Random random, IAgentOutputParser parser, byte[] stream)
    {
        var reader = new LineReader(new MemoryStream(stream), maxLineBytes: random.Next(20) == 0 ? 300 : 1024 * 1024);
        await reader.ReadAsync(
            line =>
            {
                foreach (var happened in parser.Read(line))
                {
                    Check(happened);
                }

                return ValueTask.CompletedTask;
            },
            TestContext.Current.CancellationToken);
        var exitCode = ExitCodes[random.Next(ExitCodes.Length)];
        _ = parser.Usage;
        var end = parser.End(new ProcessExit { End = ProcessEnd.Exited, ExitCode = exitCode, Duration = TimeSpan.Zero, ErrorTail = "" }, random.Next(2) == 0 ? "" : "error: HTTP 503\n");
        Check(end);
        Assert.True(end is AgentFailed || (end is AgentCompleted && exitCode == 0), "Success needs an exit code of 0.");
        return end;
    }

    // As the pipeline does it for all parsers.
    private static void Check(AgentEvent happened)
    {
        var (text, name) = BoundedEvents.Bound(happened) switch
        {
            AgentStarted started => ("", (started.SessionId ?? "") + started.Model),
            AgentMessage message => (message.Text, ""),
            AgentToolCall call => (call.Target, ""),
            AgentProgress progress => (progress.Message, ""),
            AgentCompleted { Result: var result } => (result.Summary, result.SessionId ?? ""),
            AgentFailed { Failure: var failure } => (failure.Message, ""),
            _ => ("", ""),
        };
        Assert.True(text.Length <= Longest && name.Length <= 400, $"{happened.GetType().Name} is too long.");
        Assert.DoesNotContain('\0', text + name);
    }

    internal static string[] LinesOf(string kind) => kind switch
    {
        "cursor" => [.. CursorLines.Edit, .. CursorLines.Refused],
        "command" => LinesOf("opencode"),
        _ => [.. Directory.GetFiles(Engines.RequireShared("fixtures", "agents"), kind + "-*.stdout.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines).Where(line => line.Length < 8_000)],
    };

    internal static IAgentOutputParser CreateParser(string kind, string folder) =>
        kind == "command" ? new CommandJsonLinesParser(OpenCodeMapping.Create()) : Recording.CreateParser(kind, folder);
}
