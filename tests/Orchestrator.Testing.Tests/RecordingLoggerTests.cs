using Microsoft.Extensions.Logging;

namespace Orchestrator.Testing.Tests;

public sealed partial class RecordingLoggerTests
{
    [Fact]
    public void Entries_keep_category_level_id_message_values_exception_and_scopes_in_order()
    {
        var logger = new RecordingLogger<RecordingLoggerTests>();
        using (logger.BeginScope(new Dictionary<string, object?> { ["Part"] = "one" }))
        {
            Started(logger, "blue", new InvalidOperationException("broken"));
        }

        Started(logger, "red", null);

        Assert.Equal(["Started blue", "Started red"], logger.Entries.Select(entry => entry.Message));
        var entry = logger.Entries[0];
        Assert.Equal(typeof(RecordingLoggerTests).FullName, entry.Category);
        Assert.Equal(LogLevel.Warning, entry.Level);
        Assert.Equal(new EventId(7, "Started"), entry.EventId);
        Assert.Contains(KeyValuePair.Create("Colour", (object?)"blue"), entry.State);
        Assert.IsType<InvalidOperationException>(entry.Exception);
        Assert.Contains("Part = one", Assert.Single(entry.Scopes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("message-secret")]
    [InlineData("exception-secret")]
    [InlineData("scope-secret")]
    [InlineData("value-secret")]
    public void The_whole_text_holds_what_a_secret_could_hide_in(string secret)
    {
        using var recorder = new RecordingLoggerProvider();
        var logger = recorder.CreateLogger("any");
        using (logger.BeginScope(new Dictionary<string, object?> { ["key"] = "scope-secret" }))
        {
            var values = new Dictionary<string, object?> { ["hidden"] = "value-secret" };
            var exception = new InvalidOperationException("exception-secret");
            logger.Log(LogLevel.Trace, default, values, exception, (_, _) => "message-secret");
        }

        Assert.Contains(secret, recorder.AllText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_can_wait_for_an_entry_that_comes_later()
    {
        using var recorder = new RecordingLoggerProvider();
        var waiting = recorder.WaitForAsync(entry => entry.Message == "Started red", TestContext.Current.CancellationToken);

        Started(recorder.CreateLogger("any"), "blue", null);
        var afterBlue = waiting.IsCompleted;
        Started(recorder.CreateLogger("any"), "red", null);

        Assert.False(afterBlue);
        Assert.Equal("any", (await waiting).Category);
    }

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning, Message = "Started {Colour}")]
    private static partial void Started(ILogger logger, string colour, Exception? exception);
}
