using System.Text;

namespace Orchestrator.Providers.Cli.Output;

public sealed class BoundedTextTests
{
    [Fact]
    public void Half_of_a_character_and_NUL_are_replaced()
    {
        // Not as data of a theory: the names of its tests cannot hold a half.
        Assert.Equal("a\uFFFDb", BoundedText.Cut("a\uD83Db", 100));
        Assert.Equal("\uFFFD", BoundedText.Cut("\uDE00", 100));
        Assert.Equal("\uFFFD", BoundedText.Cut("\uD83D", 100));
        Assert.Equal("a\uFFFDb", BoundedText.Cut("a\0b", 100));
    }

    [Theory]
    [InlineData("whole \uD83D\uDE00")]
    [InlineData("")]
    public void Other_text_stays_as_it_is(string text) => Assert.Equal(text, BoundedText.Cut(text, 100));

    [Fact]
    public void No_cut_goes_through_a_character_and_what_is_kept_can_be_encoded()
    {
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        var text = string.Concat(Enumerable.Repeat("x\uD83D\uDE00", 50));

        for (var longest = 2; longest <= text.Length + 1; longest++)
        {
            var cut = BoundedText.Cut(text, longest);

            Assert.InRange(cut.Length, 1, longest);
            Assert.NotEmpty(strict.GetBytes(cut));
        }
    }

    [Fact]
    public void Every_text_of_an_event_is_bounded_and_can_be_encoded()
    {
        const string Half = "\uD83D";
        var huge = Half + new string('x', 1_000_000) + "\uD83D";
        AgentEvent[] events =
        [
            new AgentStarted { SessionId = huge, Model = huge },
            new AgentMessage { Text = huge },
            new AgentToolCall { Tool = ToolKind.Edit, Target = huge },
            new AgentProgress { Message = huge },
            new AgentCompleted { Result = new AgentResult { Summary = huge, SessionId = huge } },
            new AgentFailed { Failure = new AgentFailure { Class = FailureClass.Crashed, Message = huge, Detail = huge } },
        ];

        Assert.All(events, happened =>
        {
            var text = BoundedEvents.Bound(happened).ToString();
            Assert.DoesNotContain(Half, text, StringComparison.Ordinal);
            Assert.InRange(text.Length, 1, 150_000);
        });
    }
}
