namespace Orchestrator.Providers.Cli;

public sealed class AgentSandboxTests
{
    [Theory]
    [InlineData("/fix the failing test")]
    [InlineData("@hello.txt is wrong")]
    [InlineData("!touch pwned")]
    [InlineData("  \n\t/fix it")]
    [InlineData("\u200B/fix it")]
    [InlineData("\uFEFF!touch pwned")]
    [InlineData("#memory")]
    [InlineData("-p x")]
    public void Words_that_begin_with_a_sign_get_a_word_before_them(string words) => Assert.Equal("Task: " + words, Prompt(words));

    [Theory]
    [InlineData("Fix /the/path", "Fix /the/path")]
    [InlineData("  3 tests fail", "  3 tests fail")]
    [InlineData("Änderung in {workspace}", "Änderung in /w")]
    [InlineData("{workspace}/a.txt is wrong", "Task: /w/a.txt is wrong")]
    public void Other_words_stay_as_they_are(string words, string expected) => Assert.Equal(expected, Prompt(words));

    private static string Prompt(string words)
    {
        var run = CliRuns.Create();
        return AgentSandbox.Prompt(run.Execution with { Task = ProviderHost.Task(words) }, run.Workspace);
    }
}
