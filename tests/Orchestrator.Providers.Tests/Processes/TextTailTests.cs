using Orchestrator.Secrets;

namespace Orchestrator.Providers.Processes;

public sealed class TextTailTests
{
    [Fact]
    public void A_secret_is_taken_out_of_a_line_before_the_line_is_cut()
    {
        var redactor = new SecretRedactor();
        redactor.Add(new SecretValue("marked-secret-value-1"));
        var tail = new TextTail(20, redactor);

        tail.Add($"{new string('x', 50)} marked-secret-value-1 and the end");

        Assert.Equal("xxxx *** and the end", tail.ToString());
    }

    [Fact]
    public void Half_a_character_is_not_kept()
    {
        var tail = new TextTail(3);

        tail.Add("ab😀cd");

        Assert.Equal("cd", tail.ToString());
    }

    [Fact]
    public async Task The_tail_of_a_program_holds_no_part_of_a_secret_that_was_cut()
    {
        const string Value = "marked-secret-value-that-is-longer-than-others";
        var redactor = new SecretRedactor();
        redactor.Add(new SecretValue(Value));
        var script = $"printf '%s%s%s' start {Value} \"$(head -c 8170 /dev/zero | tr '\\0' y)\" >&2";
        ProcessExit? exit = null;

        await foreach (var output in new ProcessRunner(TimeProvider.System, redactor).RunAsync(Shell.Request(script, Shell.NewId()), TestContext.Current.CancellationToken))
        {
            exit = output.Exit;
        }

        Assert.Equal("start***" + new string('y', 8170), exit!.ErrorTail);
    }
}
