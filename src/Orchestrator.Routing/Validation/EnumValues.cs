namespace Orchestrator.Routing.Validation;

/// <summary>The values of an enum that settings may use: all but <c>Unknown</c>.</summary>
internal static class EnumValues<TEnum>
    where TEnum : struct, Enum
{
    public static IReadOnlyList<TEnum> Known { get; } = [.. Enum.GetValues<TEnum>().Where(value => value.ToString() != "Unknown")];
}
