namespace Orchestrator.Providers.Command;

/// <summary>
/// Says where in the JSON lines of a command its messages, tools, tokens and errors stand, so that another agent CLI can be used without code.
/// </summary>
/// <remarks>
/// Each setting is the way to a member, as a JSON pointer (RFC 6901), and optionally what must be true of the line:
/// <c>/part/text when /type=text and /part/synthetic!=true</c>. Numbers step into lists. What a line does not have it simply does not say; an unknown line is passed over.
/// Conditions compare with a string, or with a number, <c>true</c>, <c>false</c> or <c>null</c> as JSON writes it; <c>!=</c> holds also for a member that is missing.
/// </remarks>
public sealed class CommandOutputMapping
{
    /// <summary>The agent's words; the last ones are its summary.</summary>
    /// <value><see langword="null"/>: it has none.</value>
    public string? Message { get; set; }

    /// <summary>The name of a tool that it uses; whether it reads, edits, runs or searches is told from the name's words.</summary>
    /// <value><see langword="null"/>: its tools are not shown.</value>
    public string? Tool { get; set; }

    /// <summary>What the tool is used on, on the same line.</summary>
    /// <value><see langword="null"/>: the tool's name is shown.</value>
    public string? Target { get; set; }

    /// <summary>What went wrong. Its words decide the class of the failure. Without <see cref="LastLine"/> any such line fails the execution.</summary>
    /// <value><see langword="null"/>: only the exit code and standard error say what went wrong.</value>
    public string? Error { get; set; }

    /// <summary>The status that the model's server answered with, a number; it decides the class of the failure before the words do.</summary>
    /// <value><see langword="null"/>: it is not told.</value>
    public string? Status { get; set; }

    /// <summary>The session.</summary>
    /// <value><see langword="null"/>: it is not told.</value>
    public string? Session { get; set; }

    /// <summary>All tokens of input, cached ones included.</summary>
    /// <value><see langword="null"/>: they are not told.</value>
    public string? InputTokens { get; set; }

    /// <summary>The tokens of input that came from a cache.</summary>
    /// <value><see langword="null"/>: they are not told.</value>
    public string? CachedInputTokens { get; set; }

    /// <summary>All tokens of output.</summary>
    /// <value><see langword="null"/>: they are not told.</value>
    public string? OutputTokens { get; set; }

    /// <summary>What it cost in US dollars; <see cref="CommandProviderOptions.PricePerTaskUsd"/> comes on top.</summary>
    /// <value><see langword="null"/>: it is not told.</value>
    public string? CostUsd { get; set; }

    /// <summary>Whether tokens and cost of several lines are added.</summary>
    /// <value><see langword="false"/>: the last line that tells them tells the whole.</value>
    public bool AddUsage { get; set; }

    /// <summary>What must be true of the last line, conditions alone: <c>/type=result and /is_error=false</c>. Without it an exit code of success is no success.</summary>
    /// <value><see langword="null"/>: the exit code decides. Many agent CLIs end with 0 when they were interrupted, so set it where the CLI has a last line.</value>
    public string? LastLine { get; set; }

    /// <summary>The settings that are ways to members, by their names.</summary>
    internal IEnumerable<(string Name, string Rule)> Rules()
    {
        (string Name, string? Rule)[] all =
        [
            (nameof(Message), Message), (nameof(Tool), Tool), (nameof(Target), Target), (nameof(Error), Error), (nameof(Status), Status), (nameof(Session), Session),
            (nameof(InputTokens), InputTokens), (nameof(CachedInputTokens), CachedInputTokens), (nameof(OutputTokens), OutputTokens), (nameof(CostUsd), CostUsd),
        ];
        return all.Where(static setting => setting.Rule is not null).Select(static setting => (setting.Name, setting.Rule!));
    }
}
