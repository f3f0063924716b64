namespace Orchestrator.Patching;

/// <summary>
/// Reads whole files in fences, each after its name. Blocks of commands may stand between them; any other block without a name is refused, and so is one that leaves out a part of
/// the file by a comment.
/// </summary>
internal sealed class WholeFileParser(PatchOptions options)
{
    private static readonly string[] Commands =
        ["bash", "sh", "shell", "console", "cmd", "batch", "bat", "powershell", "ps1", "pwsh", "zsh", "fish", "ksh", "csh", "tcsh", "text", "output", "log", "terminal"];

    private static readonly string[] BareNames =
        ["Makefile", "Dockerfile", "Containerfile", "LICENSE", "README", "CHANGELOG", "NOTICE", "AUTHORS", "CODEOWNERS", "Gemfile", "Rakefile", "Procfile", "Jenkinsfile", "Vagrantfile", "Podfile", "Justfile", "BUILD", "WORKSPACE"];

    private readonly PatchBudget _budget = new(options);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Whether some block has a name, so that the text may be of this form.</summary>
    public static bool IsLikely(ReplyText text)
    {
        for (var line = 0; line < text.Count; line++)
        {
            if (FenceMark.Read(text.Trimmed(line)) is { } mark)
            {
                if (Name(text, line, mark) is { } name && (IsFileName(name[(name.LastIndexOf('/') + 1)..]) || name.Count(static c => c == '/') > 1))
                {
                    return true;
                }

                line = End(text, line, mark);
            }
        }

        return false;
    }

    /// <summary>The line that closes the block that a line opens under a name; <see langword="null"/> when it opens none.</summary>
    public static int? NamedBlock(ReplyText text, int line) =>
        FenceMark.Read(text.Trimmed(line)) is { } mark && Name(text, line, mark) is not null ? End(text, line, mark) : null;

    public PatchSet Parse(ReplyText text, string taskId)
    {
        var files = new List<FilePatch>();
        for (var line = 0; line < text.Count; line++)
        {
            if (FenceMark.Read(text.Trimmed(line)) is not { } mark)
            {
                continue;
            }

            var end = End(text, line, mark);
            if (end >= text.Count)
            {
                throw text.Error(line, "The block is cut off: its closing fence is missing.");
            }

            if (Name(text, line, mark) is { } name)
            {
                files.Add(ReadFile(text, name, line, end));
            }
            else if (!Commands.Contains(mark.Label, StringComparer.OrdinalIgnoreCase))
            {
                throw text.Error(line, "The block has no file name; it stands alone on the line above the fence.");
            }

            line = end;
        }

        return files.Count > 0
            ? new PatchSet { TaskId = taskId, Files = files.ToValueList() }
            : throw new PatchFormatException(PatchConflictCode.Malformed, 1, "There is no fenced block with a file name above it.", 1);
    }

    private FilePatch ReadFile(ReplyText text, string name, int line, int end)
    {
        _budget.TakeFile(line + 1);
        if (!_names.Add(name))
        {
            throw text.Error(line, $"The file '{name}' is given twice.");
        }

        for (var i = line + 1; i < end; i++)
        {
            if (ElisionComment.Is(text.Trimmed(i)))
            {
                throw text.Error(i, "The comment stands for a part of the file that is left out; a whole file must be whole.", 0, PatchConflictCode.OperationRefused);
            }
        }

        var content = text.Lines(line + 1, end, text.HasCarriageReturn(line));
        _budget.Take(content.Length, line + 1);
        return new FilePatch
        {
            Path = PatchText.Path(name, (message, code) => text.Error(line, message, 0, code)),
            Operation = FileOperation.Create,
            Overwrites = true,
            Content = content,
        };
    }

    private static int End(ReplyText text, int line, FenceMark mark)
    {
        var end = line + 1;
        while (end < text.Count && !mark.IsClosedBy(text.Trimmed(end)))
        {
            end++;
        }

        return end;
    }

    /// <summary>The name behind the fence, or in the line above it, or above one empty line when it is marked as code, bold or a heading.</summary>
    private static string? Name(ReplyText text, int line, FenceMark mark)
    {
        var words = mark.Label.Split(' ', 2);
        if (words[^1] is { Length: > 0 } label && IsPath(label))
        {
            return label;
        }

        if (line > 0 && text.Trimmed(line - 1) is { IsEmpty: false })
        {
            return ReadName(text.Text(line - 1), needsMark: false);
        }

        return line > 1 && text.Trimmed(line - 2) is { IsEmpty: false } ? ReadName(text.Text(line - 2), needsMark: true) : null;
    }

    /// <summary>The name in a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="needsMark">Whether it must be marked as code, bold or a heading.</param>
    public static string? ReadName(string line, bool needsMark)
    {
        line = line.Trim();
        if (line.StartsWith("```", StringComparison.Ordinal) || line.StartsWith("~~~", StringComparison.Ordinal) || line.StartsWith('<'))
        {
            return null;
        }

        var isMarked = line.StartsWith('`') || line.StartsWith('*') || line.StartsWith('#');
        var bare = line.TrimStart('#').Trim().TrimEnd(':');
        var isQuoted = (bare.StartsWith('`') && bare.EndsWith('`')) || (bare.StartsWith("**", StringComparison.Ordinal) && bare.EndsWith("**", StringComparison.Ordinal));
        var name = FileNameLine.Read(line);
        var inner = name?.Trim('`', '*', ':').Trim();

        // Several words are a sentence about a file unless they are marked as one name.
        return inner is { Length: > 0 } && (isQuoted || !inner.Contains(' ', StringComparison.Ordinal)) && (isMarked || !needsMark) && FileNameLine.LooksLikeName(inner) && (IsPath(inner) || (inner == line && !inner.EndsWith(':'))) ? inner : null;
    }

    /// <summary>Whether a name is one of a file beyond doubt: a word alone above a fence may be a heading.</summary>
    private static bool IsFileName(string name) => name.Contains('.', StringComparison.Ordinal) || BareNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool IsPath(string name) => name.Contains('.', StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal);
}
