using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Cli.Output;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Does AIPatch operations on any number of files, as a whole.</summary>
internal sealed class PatchTool(WorkspaceTree tree, TreeEdits edits) : IChatTool
{
    private const string Operation = """
        {"type":"object","required":["file","operation","block"],"additionalProperties":false,"properties":{
        "file":{"type":"string","description":"The file."},
        "operation":{"type":"string","enum":["replace-block","insert-before","insert-after","append"],"description":"replace-block replaces the lines start to end; insert-before and insert-after put the block beside a line; append puts it at the end, and makes the file when it is not there."},
        "start":{"type":"integer","minimum":1,"description":"replace-block: the first line that is replaced."},
        "end":{"type":"integer","minimum":1,"description":"replace-block: the last line that is replaced."},
        "line":{"type":"integer","minimum":0,"description":"insert-before and insert-after: the line; 0 with insert-after is the begin of the file."},
        "block":{"type":"string","description":"Whole lines. Empty in replace-block: the lines are deleted."},
        "expect":{"type":"string","description":"The lines as they are before: proves that the numbers are right. Always send it with replace-block."}}}
        """;

    // What the operations are made of anew: what else the model sends is not handed on.
    private static readonly string[] Members = ["operation", "start", "end", "line", "block", "expect"];

    public ToolDescription Description { get; } = new(
        "patch",
        ToolKind.Edit,
        "Does several edits by lines, in one file or many, all of them or none. The line numbers of a file are those before the call.",
        new ToolParameter("operations", ToolParameterKind.Objects, "The edits.", IsRequired: true) { ItemSchema = Operation });

    public string TargetOf(ToolArguments arguments) =>
        string.Join(", ", (arguments.Objects("operations") ?? []).Select(operation => FileOf(operation) ?? "?").Distinct(StringComparer.Ordinal).Take(10));

    public async ValueTask<ToolResult> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var operations = new JsonArray();
        foreach (var operation in arguments.Objects("operations")!)
        {
            if (FileOf(operation) is not { Length: > 0 } file)
            {
                return ToolResult.Error("Every operation needs 'file', 'operation' and 'block'.");
            }

            var place = tree.Resolve(file);
            if (place.Refusal is { } refusal)
            {
                return ToolResult.Refusal(refusal);
            }

            var clean = new JsonObject { ["file"] = place.Relative };
            foreach (var member in Members)
            {
                if ((operation.Member(member, JsonValueKind.String) ?? operation.Member(member, JsonValueKind.Number)) is { } value)
                {
                    clean[member] = value.ValueKind == JsonValueKind.String ? JsonText.Read(value) : JsonNode.Parse(value.GetRawText());
                }
            }

            operations.Add((JsonNode)clean);
        }

        return await edits.ApplyOperationsAsync(operations.ToJsonString(), cancellationToken).ConfigureAwait(false);
    }

    private static string? FileOf(JsonElement operation) => operation.Text("file");
}
