using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Json;

/// <summary>Reads and writes an enum as its name in snake_case, or as <see cref="JsonStringEnumMemberNameAttribute"/> names it. A name that this version does not know reads as the enum's zero value: it never throws.</summary>
/// <typeparam name="TEnum">An enum whose zero value means "unknown" or "unspecified".</typeparam>
public sealed class SnakeCaseEnumConverter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] TEnum> : JsonConverter<TEnum>
    where TEnum : struct, Enum
{
    private static readonly FrozenDictionary<TEnum, string> Names =
        Enum.GetValues<TEnum>().Distinct().ToFrozenDictionary(value => value, NameOf);

    private static readonly FrozenDictionary<string, TEnum> Values =
        Names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>The name of a value as it stands in JSON, SQL and logs.</summary>
    /// <param name="value">The value.</param>
    /// <returns>For example <c>rate_limited</c>; <c>unknown</c> for a value without a name.</returns>
    internal static string ToName(TEnum value) => Names.GetValueOrDefault(value, "unknown");

    /// <summary>The value of a name.</summary>
    /// <param name="name">A name in snake_case or as declared, in any case; may be null.</param>
    /// <returns>The value, or the zero value for a name that is not known.</returns>
    internal static TEnum FromName(string? name) =>
        name is not null && Values.TryGetValue(name, out var value) ? value : Enum.TryParse<TEnum>(name, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) ? parsed : default;

    /// <inheritdoc/>
    public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return FromName(reader.GetString());
        }

        reader.Skip();
        return default;
    }

    private static string NameOf(TEnum value)
    {
        var declared = value.ToString();
        return typeof(TEnum).GetField(declared)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(declared);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(ToName(value));
    }
}

/// <summary>The snake_case names of enum values, as they stand in JSON, SQL and logs.</summary>
public static class EnumNames
{
    /// <summary>The name of a value.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>For example <c>rate_limited</c>.</returns>
    public static string ToName<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] TEnum>(this TEnum value)
        where TEnum : struct, Enum => SnakeCaseEnumConverter<TEnum>.ToName(value);

    /// <summary>The value of a name; the zero value for a name that is not known.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="name">The name; may be null.</param>
    /// <returns>The value.</returns>
    public static TEnum Parse<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] TEnum>(string? name)
        where TEnum : struct, Enum => SnakeCaseEnumConverter<TEnum>.FromName(name);
}
