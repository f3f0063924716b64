using System.Text.Json;

namespace Orchestrator.Providers.Cli.Output;

/// <summary>The calls of tools that an agent began and did not end yet. Not thread-safe.</summary>
internal sealed class ToolCalls
{
    private const int MostOpen = 256;

    private readonly Dictionary<string, AgentToolCall> _open = new(StringComparer.Ordinal);

    /// <summary>A call begins.</summary>
    public AgentToolCall Begin(string? id, string tool, JsonElement? arguments) =>
        Begin(id, new AgentToolCall { Tool = Tools.KindOf(tool), Target = Tools.TargetOf(tool, arguments) });

    /// <summary>A call begins, of a CLI whose tools are known by name.</summary>
    public AgentToolCall Begin(string? id, AgentToolCall call)
    {
        if (id is { Length: > 0 and <= BoundedText.Name } && (_open.Count < MostOpen || _open.ContainsKey(id)))
        {
            _open[id] = call;
        }

        return call;
    }

    /// <summary>A call ends; nothing when its begin was not seen.</summary>
    public IEnumerable<AgentToolCall> End(string? id, bool succeeded) => id is not null && _open.Remove(id, out var call) ? [call with { Succeeded = succeeded }] : [];
}
