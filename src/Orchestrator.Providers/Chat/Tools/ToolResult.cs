namespace Orchestrator.Providers.Chat.Tools;

/// <summary>What a tool tells the model.</summary>
internal sealed record ToolResult
{
    /// <summary>The words for the model.</summary>
    public required string Text { get; init; }

    /// <summary>Whether it worked.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>Whether the tool was refused by policy, which no other arguments of the same kind would change.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>Whether files may be others now.</summary>
    public bool HasChangedTree { get; init; }

    /// <summary>The edit that was done as AIPatch operations; <see langword="null"/> when none was, or when they cannot say it.</summary>
    public string? Operations { get; init; }

    /// <summary>Why the execution cannot go on; <see langword="null"/> when it can.</summary>
    public AgentFailure? Failure { get; init; }

    public static ToolResult Ok(string text) => new() { Text = text, Succeeded = true };

    public static ToolResult Error(string text) => new() { Text = text, Succeeded = false };

    public static ToolResult End(FailureClass failure, string text) => new() { Text = text, Succeeded = false, Failure = new AgentFailure { Class = failure, Message = text } };

    public static ToolResult Refusal(string text) => new() { Text = text, Succeeded = false, IsRefusal = true };
}
