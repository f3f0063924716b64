using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Orchestrator.Providers.Cli.Output;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>The arguments of a call as JSON, whatever form the client gave them. Numbers and flags that came as text are understood.</summary>
internal sealed class ToolArguments
{
    private readonly Dictionary<string, JsonElement> _values;

    private ToolArguments(Dictionary<string, JsonElement> values, string? error) => (_values, Error) = (values, error);

    /// <summary>Why the arguments cannot be read; <see langword="null"/> when they can.</summary>
    public string? Error { get; }

    /// <summary>The same for the same arguments in any order.</summary>
    public string Signature => string.Join('\n', _values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $"{value.Key}={value.Value.GetRawText()}"));

    public static ToolArguments Of(FunctionCallContent call)
    {
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
        {
            if (value is not null && Convert(value) is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } element)
            {
                values[name] = element;
            }
        }

        return new ToolArguments(values, call.Exception is null ? null : "The arguments of the call are not a valid JSON object. Send it again.");
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Text(string name) => _values.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? JsonText.Read(value) : null;

    public int? Number(string name) => !_values.TryGetValue(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt32(out var number) => number,
        JsonValueKind.String when int.TryParse(JsonText.Read(value), CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    public bool? Flag(string name) => !_values.TryGetValue(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(JsonText.Read(value), out var flag) => flag,
        _ => null,
    };

    public IReadOnlyList<JsonElement>? Objects(string name) =>
        _values.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.Object)
            ? [.. value.EnumerateArray()]
            : null;

    private static JsonElement Convert(object value)
    {
        try
        {
            return value is JsonElement element ? element.Clone() : JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException)
        {
            // A type of the client's own: its words will do.
            return JsonSerializer.SerializeToElement(value.ToString() ?? "", AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(string)));
        }
    }
}
