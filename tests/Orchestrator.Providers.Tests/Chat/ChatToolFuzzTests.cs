using System.Text.Json;
using Microsoft.Extensions.AI;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Chat;

public sealed class ChatToolFuzzTests
{
    private static readonly string[] Tools = ["list", "search", "view", "edit", "patch", "create", "delete", "move", "run", "nonsense", ""];

    private static readonly string[] Names = ["path", "to", "pattern", "files", "regex", "ignore_case", "depth", "start", "end", "old_str", "new_str", "replace_all", "operations", "file_text", "command", "x"];

    private static readonly string[] Texts =
    [
        "", ".", "a.txt", "sub/b.txt", "new/c.txt", "../x", "/etc/passwd", ".git/config", "link", "link/x", "a.txt/below", "a\0b", "a\nb", "\ud800", "(", "(a+)+$", ".*", "x", "*", "**/*.txt", "~", "-rf",
        "true", "12", "\uFEFF", "a/./../a.txt", "true; true", "'", "\u202Ea.txt", "con", "C:\\x", "//x", "a.txt ", "a.txt.",
    ];

    /// <summary>Whatever a model calls with whatever arguments, the run goes on to its limit, and nothing outside the workspace changes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_arguments_break_a_tool_or_leave_the_workspace(int seed)
    {
        var random = SeededRandom.Create(seed);
        await using var rig = new ChatRig(options => (options.MaxTurns, options.MaxIdenticalCalls, options.AllowedCommands) = (15, 1000, ["true *"]))
            .Write("a.txt", "x\ny\nz\n").Write("sub/b.txt", "x\n").Write(".git/config", "private\n");
        var outside = Path.Combine(rig.Workspace.HomeDirectory, "outside.txt");
        await File.WriteAllTextAsync(outside, "x\n", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(rig.PathOf("link"), rig.Workspace.HomeDirectory);
        rig.Client.Otherwise = _ => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [.. Enumerable.Range(0, 60).Select(_ => Call(random))])));

        var events = await rig.RunAsync();

        Assert.Equal(FailureClass.TurnLimit, Assert.IsType<AgentFailed>(events[^1]).Failure.Class);
        Assert.Equal(15 * 60, events.OfType<AgentToolCall>().Count());
        Assert.Contains(events.OfType<AgentToolCall>(), call => call is { Tool: ToolKind.Edit, Succeeded: true });
        Assert.Equal("x\n", await File.ReadAllTextAsync(outside, TestContext.Current.CancellationToken));
        Assert.Equal("private\n", rig.Read(".git/config"));
        Assert.Equal(["outside.txt"], Directory.GetFileSystemEntries(rig.Workspace.HomeDirectory).Select(Path.GetFileName));
        Assert.Equal(["home", "tmp", "tree"], Directory.GetFileSystemEntries(Path.GetDirectoryName(rig.Workspace.Directory)!).Select(Path.GetFileName).Order());
    }

    private static FunctionCallContent Call(Random random)
    {
        var arguments = new Dictionary<string, object?>();
        for (var count = random.Next(0, 6); count > 0; count--)
        {
            arguments[Pick(random, Names)] = Value(random, 0);
        }

        // Often a call that could be right, so that the tools themselves are reached.
        if (random.Next(2) == 0)
        {
            (arguments["path"], arguments["pattern"], arguments["old_str"], arguments["new_str"], arguments["file_text"], arguments["to"], arguments["command"]) =
                (Pick(random, Texts), Pick(random, Texts), Pick(random, Texts), Pick(random, Texts), Pick(random, Texts), Pick(random, Texts), "true " + random.Next(3));
        }

        return new FunctionCallContent($"c{random.Next()}", Pick(random, Tools), arguments);
    }

    private static object? Value(Random random, int depth) => random.Next(depth > 2 ? 8 : 10) switch
    {
        0 => null,
        1 => random.Next(-5, 50),
        2 => random.NextDouble() * 1e300,
        3 => random.Next(2) == 0,
        4 => new string((char)random.Next(1, 0xFFFF), random.Next(0, 6000)),
        5 => JsonSerializer.SerializeToElement(random.Next(100)),
        6 or 7 => Pick(random, Texts),
        8 => Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1)).ToArray(),
        _ => Operation(random),
    };

    private static JsonElement Operation(Random random) => JsonSerializer.SerializeToElement(new[]
    {
        new { file = Pick(random, Texts), operation = Pick(random, ["append", "replace-block", "insert-before", "insert-after", "x"]), start = random.Next(-1, 4), end = random.Next(-1, 4), line = random.Next(-1, 4), block = Pick(random, Texts), expect = Pick(random, ["x", "", "y\n"]) },
    });

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
