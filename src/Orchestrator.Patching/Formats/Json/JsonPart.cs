using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>A value of a JSON text, and where it begins.</summary>
internal sealed class JsonPart(JsonTokenType kind, int offset)
{
    /// <summary>The token that it begins with.</summary>
    public JsonTokenType Kind { get; } = kind;

    /// <summary>The byte at which it begins.</summary>
    public int Offset { get; } = offset;

    /// <summary>The text of a string; the digits of a number.</summary>
    public string Text { get; init; } = "";

    public List<JsonPart> Items { get; } = [];

    public List<JsonMember> Members { get; } = [];

    public bool IsObject => Kind == JsonTokenType.StartObject;

    public bool IsArray => Kind == JsonTokenType.StartArray;

    public bool IsNull => Kind == JsonTokenType.Null;

    public bool Has(string name) => Find(name) is not null;

    /// <summary>A member that is there and not null.</summary>
    public JsonPart? Find(string name)
    {
        foreach (var member in Members)
        {
            if (member.Name == name)
            {
                return member.Value.IsNull ? null : member.Value;
            }
        }

        return null;
    }
}

/// <summary>A member of a JSON object.</summary>
internal sealed record JsonMember(string Name, int Offset, JsonPart Value);
