using System.Text;
using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator;

/// <summary>A program and its arguments, started without a shell: nothing in them is ever expanded or interpreted.</summary>
public sealed record CommandLine
{
    /// <summary>The program: a name looked up on PATH, or a path.</summary>
    /// <exception cref="ArgumentException">The value is empty or holds a NUL character.</exception>
    public required string Executable { get; init => field = Require.Text(value); }

    /// <summary>The arguments, one element each.</summary>
    /// <value>No arguments by default.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> Arguments { get; init => field = value ?? []; } = [];

    /// <summary>Splits text as a POSIX shell splits words: blanks separate, single and double quotes group, a backslash escapes. Nothing else is special.</summary>
    /// <param name="text">For example <c>dotnet test --filter "Name = A"</c>.</param>
    /// <returns>The command.</returns>
    /// <exception cref="FormatException">The text is empty, or a quote is not closed.</exception>
    public static CommandLine Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = SplitWords(text);
        return words.Count > 0 && !string.IsNullOrWhiteSpace(words[0])
            ? new CommandLine { Executable = words[0], Arguments = [.. words.Skip(1)] }
            : throw new FormatException("The command is empty: name a program, for example \"dotnet build\".");
    }

    /// <summary>The command as <see cref="Parse"/> reads it.</summary>
    /// <returns>The words, quoted where needed.</returns>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Executable).Select(Quote));

    private static List<string> SplitWords(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                word.Append(text[++i]);
                inWord = true;
            }
            else if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = quote == '\0' ? c : quote;
                inWord = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                Flush();
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (quote != '\0')
        {
            throw new FormatException($"The command has a {quote} that is not closed.");
        }

        Flush();
        return words;

        void Flush()
        {
            if (inWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            inWord = false;
        }
    }

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=@%+,{}".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
