using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>What the model is told about a tool, and what its arguments are checked against.</summary>
internal sealed record ToolDescription(string Name, ToolKind Kind, string Text, params ToolParameter[] Parameters)
{
    public AIFunctionDeclaration Declare() => AIFunctionFactory.CreateDeclaration(Name, Text, Schema());

    /// <summary>Says what is wrong with the arguments; <see langword="null"/> for nothing. Arguments that are not known are left aside.</summary>
    public string? FindError(ToolArguments arguments)
    {
        if (arguments.Error is { } error)
        {
            return error;
        }

        foreach (var parameter in Parameters)
        {
            var isThere = arguments.Has(parameter.Name);
            if (parameter.IsRequired && !isThere)
            {
                return $"'{Name}' needs the argument '{parameter.Name}': {parameter.Text}";
            }

            if (isThere && !parameter.Fits(arguments))
            {
                return $"The argument '{parameter.Name}' of '{Name}' must be {parameter.Expectation}.";
            }
        }

        return null;
    }

    private JsonElement Schema()
    {
        var properties = new JsonObject();
        foreach (var parameter in Parameters)
        {
            properties[parameter.Name] = parameter.Schema();
        }

        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. Parameters.Where(parameter => parameter.IsRequired).Select(parameter => JsonValue.Create(parameter.Name))]),
            ["additionalProperties"] = false,
        };
        using var document = JsonDocument.Parse(schema.ToJsonString());
        return document.RootElement.Clone();
    }
}
