using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Secrets;

/// <summary>A secret that cannot be printed by accident: text, debugger view and JSON show asterisks.</summary>
[DebuggerDisplay("***")]
[JsonConverter(typeof(RedactingJsonConverter))]
public sealed class SecretValue
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value;

    /// <summary>Wraps a secret.</summary>
    /// <param name="value">The secret, not empty.</param>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public SecretValue(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        _value = value;
    }

    /// <summary>The secret itself. Call it only where the secret is handed to the process or request that needs it.</summary>
    /// <returns>The secret.</returns>
    public string Reveal() => _value;

    /// <summary>Asterisks.</summary>
    /// <returns><c>***</c>, always.</returns>
    public override string ToString() => "***";

    private sealed class RedactingJsonConverter : JsonConverter<SecretValue>
    {
        public override SecretValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new JsonException("Secrets are not read from JSON: use a secret provider.");

        public override void Write(Utf8JsonWriter writer, SecretValue value, JsonSerializerOptions options) => writer.WriteStringValue("***");
    }
}
