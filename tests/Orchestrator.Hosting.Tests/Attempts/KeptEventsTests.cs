using System.Globalization;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Providers;

namespace Orchestrator.Hosting.Tests.Attempts;

public sealed class KeptEventsTests
{
    private static readonly ExecutionRecord Execution = new() { Id = "e1", TaskId = "t1", Provider = "first", Status = ExecutionStatus.Running, StartedAt = DateTimeOffset.UnixEpoch };

    [Theory]
    [InlineData(5_000, 1)]
    [InlineData(1_000, 3_000)]
    [InlineData(1_000, 100_000)]
    public void Of_too_many_events_the_first_and_the_newest_stay_and_the_others_are_counted(int count, int length)
    {
        var kept = new KeptEvents();
        for (var i = 0; i < count; i++)
        {
            kept.Add(new AgentMessage { Text = i.ToString(CultureInfo.InvariantCulture) + new string('ä', length) });
        }

        var events = kept.ToEvents(Execution, DateTimeOffset.UnixEpoch);

        Assert.InRange(events.Events.Count, 5, KeptEvents.MaxEvents);
        Assert.InRange(events.Events.Sum(Size), KeptEvents.MaxBytes / 8, KeptEvents.MaxBytes);
        Assert.Equal(count, events.Events.Count + events.Omitted);
        Assert.StartsWith("0ä", Text(events.Events[0]), StringComparison.Ordinal);
        Assert.StartsWith($"{count - 1}ä", Text(events.Events[^1]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public void A_long_text_is_cut_and_never_through_a_character(string before)
    {
        var kept = new KeptEvents();

        kept.Add(new AgentMessage { Text = before + string.Concat(Enumerable.Repeat("😀", 5_000)) });

        var text = Text(kept.ToEvents(Execution, DateTimeOffset.UnixEpoch).Events[0]);
        Assert.InRange(text.Length, KeptEvents.MaxTextLength - 2, KeptEvents.MaxTextLength);
        Assert.EndsWith("😀…", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_patch_of_a_result_is_left_to_the_record()
    {
        var kept = new KeptEvents();

        kept.Add(new AgentCompleted { Result = new AgentResult { Summary = "done", Patch = new PatchSet { TaskId = "t1", Files = [] } } });

        Assert.Equal(new AgentCompleted { Result = new AgentResult { Summary = "done" } }, Assert.Single(kept.ToEvents(Execution, DateTimeOffset.UnixEpoch).Events));
    }

    private static int Size(AgentEvent happened) => OrchestratorJson.Write(happened, OrchestratorJsonContext.Default.AgentEvent).Length + 1;

    private static string Text(AgentEvent happened) => Assert.IsType<AgentMessage>(happened).Text;
}
