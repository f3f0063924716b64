using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Recordings;

/// <summary>What the real CLIs printed, read by their parsers.</summary>
public sealed class RecordingTests
{
    private const string Done = "Done: I changed line two of the file.";

    /// <summary>Recording, class of its failure (empty for one that worked), how its session's name begins, tokens of input and output. Of Copilot's, one was told to write its tokens down.</summary>
    public static TheoryData<string, string, string, long, long> Recordings => new()
    {
        { "claude-accept", "", "b577805e", 7220, 280 },
        { "claude-budget", nameof(FailureClass.Budget), "931d2ba1", 5776, 224 },
        { "claude-default", "", "dc8a0e83", 7220, 280 },
        { "claude-drop", nameof(FailureClass.ProviderError), "1fbaeca7", 0, 0 },
        { "claude-e400ctx", nameof(FailureClass.ContextTooLong), "720755ee", 0, 0 },
        { "claude-e401-r2", nameof(FailureClass.Authentication), "af973978", 0, 0 },
        { "claude-e403", nameof(FailureClass.Authentication), "ae28881c", 0, 0 },
        { "claude-e429-r2", nameof(FailureClass.RateLimited), "c6497695", 0, 0 },
        { "claude-e429long", nameof(FailureClass.RateLimited), "ac92f814", 0, 0 },
        { "claude-e429once", "", "9e654d06", 7220, 280 },
        { "claude-e500-r1", nameof(FailureClass.ProviderError), "7c3a9bd0", 0, 0 },
        { "claude-edit", "", "978e2078", 7220, 280 },
        { "claude-hang-t", nameof(FailureClass.ProviderError), "644b12e9", 0, 0 },
        { "claude-int-shell", nameof(FailureClass.Crashed), "6a2fa1f4", 1444, 56 },
        { "claude-json", "", "1052f4a9", 7220, 280 },
        { "claude-maxturns", nameof(FailureClass.TurnLimit), "47bc09bd", 4332, 168 },
        { "claude-nokey", nameof(FailureClass.Authentication), "fc16e8dd", 0, 0 },
        { "claude-old-edit", "", "1ec223c6", 7220, 280 },
        { "claude-partial", "", "e0fdf595", 1444, 56 },
        { "claude-shellfail", "", "c21248ee", 2888, 112 },
        { "claude-term-shell", nameof(FailureClass.Crashed), "9082fe3b", 1444, 1 },
        { "codex-drop", nameof(FailureClass.ProviderError), "01a1fbd6", 0, 0 },
        { "codex-e400ctx", nameof(FailureClass.ContextTooLong), "01a1fbd6", 0, 0 },
        { "codex-e401", nameof(FailureClass.Authentication), "01a1fbd5", 0, 0 },
        { "codex-e429", nameof(FailureClass.RateLimited), "01a1fbd6", 0, 0 },
        { "codex-e429once", "", "01a1fbd5", 6170, 280 },
        { "codex-e500", nameof(FailureClass.ProviderError), "01a1fbd6", 0, 0 },
        { "codex-edit", "", "01a1fbd1", 6170, 280 },
        { "codex-int-nat2", nameof(FailureClass.Crashed), "01a1fbf6", 0, 0 },
        { "codex-quota", nameof(FailureClass.Quota), "01a1fbd6", 0, 0 },
        { "codex-refused", nameof(FailureClass.Unavailable), "01a1fbf1", 0, 0 },
        { "codex-resume", "", "01a1fbd1", 7404, 336 },
        { "codex-ro", "", "01a1fbfd", 6170, 280 },
        { "codex-shellfail", "", "01a1fbd6", 2468, 112 },
        { "codex-stall", nameof(FailureClass.ProviderError), "01a1fbd8", 0, 0 },
        { "codex-term-shell", nameof(FailureClass.Crashed), "01a1fbdc", 0, 0 },
        { "copilot-anth", "", "e972c093", 0, 0 },
        { "copilot-drop", nameof(FailureClass.ProviderError), "8e95387c", 0, 0 },
        { "copilot-e400ctx", nameof(FailureClass.ContextTooLong), "5da7e1d9", 0, 0 },
        { "copilot-e401", nameof(FailureClass.Authentication), "d07c7b51", 0, 0 },
        { "copilot-e403", nameof(FailureClass.Authentication), "df910714", 0, 0 },
        { "copilot-e429", nameof(FailureClass.RateLimited), "2f343e97", 0, 0 },
        { "copilot-e429long", nameof(FailureClass.RateLimited), "244ce1d7", 0, 0 },
        { "copilot-e429once", "", "8e75b732", 0, 0 },
        { "copilot-e500", nameof(FailureClass.ProviderError), "7d94a573", 0, 0 },
        { "copilot-edit", "", "88ac74fa", 0, 0 },
        { "copilot-noallow", "", "8acbbbd2", 0, 0 },
        { "copilot-resp", "", "3efb9bde", 0, 0 },
        { "copilot-shellfail", "", "80d0158e", 0, 0 },
        { "copilot-term-native2", nameof(FailureClass.Crashed), "e0c9aa0d", 0, 0 },
        { "gemini-attempts", nameof(FailureClass.ProviderError), "f2a0ca7f", 0, 0 },
        { "gemini-attempts429", nameof(FailureClass.RateLimited), "a1ad5879", 0, 0 },
        { "gemini-autoedit", "", "71fa05ab", 4936, 224 },
        { "gemini-badtool", "", "2c7b1537", 2468, 112 },
        { "gemini-default", "", "2662b791", 1234, 56 },
        { "gemini-drop", nameof(FailureClass.ProviderError), "221bbc0e", 0, 0 },
        { "gemini-e400ctx", nameof(FailureClass.ContextTooLong), "c40f827f", 0, 0 },
        { "gemini-e401", nameof(FailureClass.Authentication), "cf896d5c", 0, 0 },
        { "gemini-e403", nameof(FailureClass.Authentication), "8c7684ca", 0, 0 },
        { "gemini-edit", "", "392e5bcc", 6170, 280 },
        { "gemini-maxturns", nameof(FailureClass.TurnLimit), "7c086a5a", 2468, 112 },
        { "gemini-resume", "", "392e5bcc", 1234, 56 },
        { "gemini-shellfail", "", "0eb56520", 2468, 112 },
        { "gemini-term-nr", nameof(FailureClass.Protocol), "5643e132", 0, 0 },
        { "opencode-e400ctx", nameof(FailureClass.ContextTooLong), "ses_e040a2229", 0, 0 },
        { "opencode-e401", nameof(FailureClass.Authentication), "ses_e040f519e", 0, 0 },
        { "opencode-e500", nameof(FailureClass.ProviderError), "ses_e0405007b", 0, 0 },
        { "opencode-edit", "", "ses_e042b79d2", 6170, 280 },
        { "opencode-shellfail", "", "ses_e04069f4c", 2468, 112 },
        { "rec-claude", "", "a3546a38", 7220, 280 },
        { "rec-codex", "", "01a1fc17", 6170, 280 },
        { "rec-copilot", "", "9e629d5d", 6170, 280 },
    };

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_recording_gives_its_outcome_and_every_line_is_understood(string name, string failureClass, string session, long input, long output)
    {
        using var recording = Recording.Open(name);

        var (events, end) = recording.Play();

        Assert.Equal(0, recording.UnknownLines);
        Assert.Equal(failureClass, (end as AgentFailed)?.Failure.Class.ToString() ?? "");
        Assert.Equal(name == "claude-json" ? 0 : 1, events.OfType<AgentStarted>().Count(started => started is { SessionId.Length: > 0, Model.Length: > 0 })); // That format has a last line alone.
        var usage = (end as AgentCompleted)?.Result.Usage ?? ((AgentFailed)end).Failure.Usage;
        Assert.Equal((input, output), (usage.InputTokens, usage.OutputTokens));
        if (end is AgentCompleted { Result: var result })
        {
            Assert.Equal(Done, result.Summary);
            Assert.True(result.CostUsd > 0);
            Assert.StartsWith(session, result.SessionId, StringComparison.Ordinal);
        }
        else if (!name.StartsWith("copilot", StringComparison.Ordinal))
        {
            Assert.StartsWith(session, events.OfType<AgentStarted>().Single().SessionId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_recordings_are_tested()
    {
        var present = Directory.GetFiles(Engines.RequireShared("fixtures", "agents"), "*.stdout.jsonl").Select(file => Path.GetFileName(file)[..^".stdout.jsonl".Length]);

        Assert.Equal(present.Order(StringComparer.Ordinal), Recordings.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("claude-edit")]
    [InlineData("codex-edit")]
    [InlineData("copilot-edit")]
    [InlineData("copilot-resp")]
    [InlineData("gemini-edit")]
    [InlineData("opencode-edit")]
    public void An_edit_is_seen_as_it_happens(string name)
    {
        using var recording = Recording.Open(name);

        var (events, _) = recording.Play();

        var calls = events.OfType<AgentToolCall>().Where(call => call.Succeeded == true).ToList();
        Assert.Equal(["hello.txt", "new_by_agent.txt"], calls.Where(call => call.Tool == ToolKind.Edit).Select(call => Path.GetFileName(call.Target)));
        Assert.Contains("made_by_shell.txt", calls.Last(call => call.Tool == ToolKind.Shell).Target, StringComparison.Ordinal);
        Assert.Equal(["Working on step 1.", "Working on step 2.", "Working on step 3.", "Working on step 4.", Done], events.OfType<AgentMessage>().Select(message => message.Text));
    }

    [Theory]
    [InlineData("codex-shellfail")]
    [InlineData("copilot-shellfail")]
    [InlineData("opencode-shellfail")]
    public void A_command_that_failed_is_told_as_failed(string name)
    {
        using var recording = Recording.Open(name);

        Assert.Contains(recording.Play().Events, happened => happened is AgentToolCall { Tool: ToolKind.Shell, Succeeded: false });
    }

    [Theory]
    [InlineData("copilot-noallow", 3)]
    [InlineData("claude-default", 3)]
    public void Refused_tools_are_counted(string name, int refused)
    {
        using var recording = Recording.Open(name);

        Assert.Equal(refused, Assert.IsType<AgentCompleted>(recording.Play().End).Result.RefusedTools);
    }

    [Fact]
    public void A_line_of_a_megabyte_is_understood_and_not_kept()
    {
        foreach (var name in new[] { "claude-edit", "codex-edit", "copilot-edit", "gemini-edit", "opencode-edit" })
        {
            using var recording = Recording.Open(name);
            var lines = recording.Lines.Select(line => line.Replace("Working on step 2.", "Working " + new string('x', 1_000_000), StringComparison.Ordinal));

            var (_, end) = recording.Play(lines);

            Assert.Equal(0, recording.UnknownLines);
            Assert.Equal(Done, Assert.IsType<AgentCompleted>(end).Result.Summary);
        }
    }
}
