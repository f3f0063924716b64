using Orchestrator.Testing;

namespace Orchestrator.Abstractions.Tests.Values;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("dotnet build", "dotnet|build")]
    [InlineData("  dotnet \t build\n", "dotnet|build")]
    [InlineData("dotnet test --filter \"Name = A\"", "dotnet|test|--filter|Name = A")]
    [InlineData("a 'b \"c\" \\d'", "a|b \"c\" \\d")]
    [InlineData("a \"b 'c' \\\" \\\\\"", "a|b 'c' \" \\")]
    [InlineData("a\\ b c", "a b|c")]
    [InlineData("a '' \"\"", "a||")]
    [InlineData("a'b'\"c\"d", "abcd")]
    [InlineData("a $HOME; `x` | y > z * #", "a|$HOME;|`x`|PIPE|y|>|z|*|#")]
    public void Text_is_split_into_words_and_nothing_is_expanded(string text, string words)
    {
        var command = CommandLine.Parse(text);

        Assert.Equal(words.Split('|'), command.Arguments.Prepend(command.Executable).Select(word => word == "|" ? "PIPE" : word));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("''")]
    [InlineData("a 'b")]
    [InlineData("a \"b")]
    public void An_empty_command_and_an_open_quote_are_format_errors(string text) => Assert.Throws<FormatException>(() => CommandLine.Parse(text));

    [Theory]
    [InlineData("' '")]
    [InlineData("'\t' x")]
    public void A_blank_program_is_a_format_error(string text) => Assert.Throws<FormatException>(() => CommandLine.Parse(text));

    [Fact]
    public void A_command_of_random_words_comes_back_from_its_text()
    {
        const string Alphabet = "ab Z09-_./'\"\\$`*|;&<>(){}#~!\t\nä€=:@%+,?[]^";
        var random = SeededRandom.Create(7);
        for (var round = 0; round < 5_000; round++)
        {
            var words = Enumerable.Range(0, random.Next(1, 6))
                .Select(_ => new string([.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]))
                .ToArray();
            var command = new CommandLine { Executable = "x" + words[0], Arguments = [.. words[1..]] };

            Assert.Equal(command, CommandLine.Parse(command.ToString()));
        }
    }
}
