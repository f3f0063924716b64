namespace Orchestrator.Providers.Chat.Tools;

/// <summary>A command of the allow-list: word for word, or with any further arguments when it ends with <c> *</c>.</summary>
internal sealed class AllowedCommand
{
    private readonly string[] _words;
    private readonly bool _isOpen;

    private AllowedCommand(string[] words, bool isOpen) => (_words, _isOpen) = (words, isOpen);

    /// <summary>Reads an entry of the options.</summary>
    /// <exception cref="FormatException">It is empty, a quote is not closed, or the star would allow any program.</exception>
    public static AllowedCommand Parse(string entry)
    {
        var command = CommandLine.Parse(entry);
        string[] words = [command.Executable, .. command.Arguments];
        var isOpen = words[^1] == "*";
        return isOpen && words.Length == 1 ? throw new FormatException("'*' alone would allow any program.") : new AllowedCommand(isOpen ? words[..^1] : words, isOpen);
    }

    public bool Allows(CommandLine command)
    {
        string[] words = [command.Executable, .. command.Arguments];
        return words.Length >= _words.Length && (_isOpen || words.Length == _words.Length) && words.AsSpan(0, _words.Length).SequenceEqual(_words);
    }
}
