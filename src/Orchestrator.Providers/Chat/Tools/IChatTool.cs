namespace Orchestrator.Providers.Chat.Tools;

/// <summary>A tool that the model is offered.</summary>
internal interface IChatTool
{
    /// <summary>What the model is told about it.</summary>
    ToolDescription Description { get; }

    /// <summary>What a call is about, for people: the path, the command, the words looked for.</summary>
    string TargetOf(ToolArguments arguments);

    /// <summary>Does it. The arguments have been checked against the description.</summary>
    ValueTask<ToolResult> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken);
}
