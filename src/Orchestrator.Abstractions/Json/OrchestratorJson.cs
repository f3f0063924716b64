using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Json;

/// <summary>Writes contracts as JSON and reads them back.</summary>
public static class OrchestratorJson
{
    /// <summary>Writes a value.</summary>
    /// <typeparam name="T">A contract type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="type">Its entry in <see cref="OrchestratorJsonContext"/> or in the caller's own context.</param>
    /// <returns>JSON on one line.</returns>
    public static string Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);

    /// <summary>Reads a value that somebody else wrote.</summary>
    /// <typeparam name="T">A contract type.</typeparam>
    /// <param name="json">The JSON; members that this version does not know are ignored.</param>
    /// <param name="type">Its entry in <see cref="OrchestratorJsonContext"/> or in the caller's own context.</param>
    /// <returns>The value.</returns>
    /// <exception cref="JsonException">The text is no JSON, lacks a required member, or a value is not allowed; the message says which.</exception>
    public static T Read<T>(string json, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException($"A {typeof(T).Name} was expected, not null.");
        }
        catch (ArgumentException error)
        {
            throw new JsonException($"The {typeof(T).Name} is not valid: {error.Message}", error);
        }
    }
}
