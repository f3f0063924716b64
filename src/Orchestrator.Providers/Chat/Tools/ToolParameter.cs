using System.Text.Json.Nodes;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>An argument of a tool.</summary>
internal sealed record ToolParameter(string Name, ToolParameterKind Kind, string Text, bool IsRequired = false)
{
    /// <summary>The form of an element, for a list of objects.</summary>
    public string? ItemSchema { get; init; }

    public string Expectation => Kind switch
    {
        ToolParameterKind.Text => "text",
        ToolParameterKind.Number => "a whole number of at least 1",
        ToolParameterKind.Flag => "true or false",
        _ => "a list of objects",
    };

    public bool Fits(ToolArguments arguments) => Kind switch
    {
        ToolParameterKind.Text => arguments.Text(Name) is not null,
        ToolParameterKind.Number => arguments.Number(Name) is >= 1,
        ToolParameterKind.Flag => arguments.Flag(Name) is not null,
        _ => arguments.Objects(Name) is { Count: > 0 },
    };

    public JsonObject Schema() => Kind switch
    {
        ToolParameterKind.Text => new JsonObject { ["type"] = "string", ["description"] = Text },
        ToolParameterKind.Number => new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["description"] = Text },
        ToolParameterKind.Flag => new JsonObject { ["type"] = "boolean", ["description"] = Text },
        _ => new JsonObject { ["type"] = "array", ["minItems"] = 1, ["description"] = Text, ["items"] = JsonNode.Parse(ItemSchema!) },
    };
}
