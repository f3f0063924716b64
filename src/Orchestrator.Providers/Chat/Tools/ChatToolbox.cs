using System.Collections.Frozen;
using Microsoft.Extensions.AI;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>The tools of one execution, by name.</summary>
internal sealed class ChatToolbox
{
    private readonly IChatTool[] _tools;
    private readonly FrozenDictionary<string, IChatTool> _byName;

    private ChatToolbox(params IChatTool[] tools)
    {
        _tools = tools;
        _byName = tools.ToFrozenDictionary(tool => tool.Description.Name, StringComparer.Ordinal);
    }

    /// <summary>What the model is offered. None of it can be invoked by the client, or by a wrapper around it: all calls come back to us.</summary>
    public IEnumerable<AITool> Declarations => _tools.Select(tool => tool.Description.Declare());

    public static ChatToolbox Create(WorkspaceTree tree, TreeEdits edits, CommandRuns commands, ChatAgentOptions options)
    {
        IChatTool[] tools =
        [
            new ListTool(tree), new SearchTool(tree), new ViewTool(tree, options.MaxToolOutput),
            new EditTool(tree, edits), new PatchTool(tree, edits), new CreateTool(tree, edits), new DeleteTool(tree, edits), new MoveTool(tree, edits),
        ];
        return options.AllowedCommands.Count == 0
            ? new ChatToolbox(tools)
            : new ChatToolbox([.. tools, new RunTool([.. options.AllowedCommands.Select(AllowedCommand.Parse)], options.AllowedCommands, commands)]);
    }

    public ToolKind KindOf(string name) => _byName.TryGetValue(name, out var tool) ? tool.Description.Kind : ToolKind.Other;

    public string TargetOf(string name, ToolArguments arguments) => _byName.TryGetValue(name, out var tool) ? tool.TargetOf(arguments) : name;

    public async ValueTask<ToolResult> InvokeAsync(string name, ToolArguments arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_byName.TryGetValue(name, out var tool))
        {
            return ToolResult.Error($"There is no such tool. There are {string.Join(", ", _tools.Select(known => $"'{known.Description.Name}'"))}.");
        }

        try
        {
            return tool.Description.FindError(arguments) is { } error ? ToolResult.Error(error) : await tool.InvokeAsync(arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Something in the workspace is gone, or may not be read: the model's matter.
            return ToolResult.Error($"The system refused it: {exception.GetType().Name}.");
        }
    }
}
