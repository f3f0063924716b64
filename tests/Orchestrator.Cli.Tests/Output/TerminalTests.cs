using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Tests.Output;

public sealed class TerminalTests
{
    [Theory]
    [InlineData("\u001b]0;owned\u0007text", "·]0;owned·text")]
    [InlineData("\u001b[2J\u001b[Hx", "·[2J·[Hx")]
    [InlineData("a\r\nb\tc", "a  b c")]
    [InlineData("\u009b31mred", "·31mred")]
    [InlineData(null, "")]
    public void An_agent_cannot_control_the_terminal(string? text, string expected) => Assert.Equal(expected, Terminal.Safe(text));

    [Fact]
    public void Lines_stay_lines() => Assert.Equal(["a", "b·"], Terminal.SafeLines("a\r\nb\u0007"));
}
