using System.Text.Json;
using Orchestrator.Providers.Cli.Output;

namespace Orchestrator.Providers.Cli;

/// <summary>Reads members of JSON that nobody promised us the form of: what is missing or of another type is nothing, never an exception.</summary>
internal static class JsonMembers
{
    // Far above what any run can use, and far below what sums could overflow with.
    private const long LargestCount = 1_000_000_000_000;
    private const decimal LargestAmount = 1_000_000_000m;

    public static JsonElement? Member(this JsonElement parent, string name, JsonValueKind kind = JsonValueKind.Object)
    {
        try
        {
            return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) && member.ValueKind == kind ? member : null;
        }
        catch (InvalidOperationException)
        {
            return null; // A name beside it holds half of a surrogate pair.
        }
    }

    /// <summary>A member of a member, and so on; all but the last are objects.</summary>
    public static JsonElement? Path(this JsonElement parent, JsonValueKind kind, params ReadOnlySpan<string> names)
    {
        JsonElement? at = parent;
        for (var i = 0; i < names.Length; i++)
        {
            at = at?.Member(names[i], i == names.Length - 1 ? kind : JsonValueKind.Object);
        }

        return at;
    }

    public static string? Text(this JsonElement parent, string name) => parent.Member(name, JsonValueKind.String) is { } text ? JsonText.Read(text) : null;

    public static bool IsTrue(this JsonElement parent, string name) => parent.Member(name, JsonValueKind.True) is not null;

    /// <summary>A whole number of at least 0, cut where it makes no sense any more; 0 for anything else.</summary>
    public static long Count(this JsonElement parent, string name) => parent.Member(name, JsonValueKind.Number) is { } member && member.TryGetInt64(out var number) && number > 0 ? Math.Min(number, LargestCount) : 0;

    public static int? Number(this JsonElement parent, string name) => parent.Member(name, JsonValueKind.Number) is { } member && member.TryGetInt32(out var number) ? number : null;

    /// <summary>An amount of money of at least 0 that makes sense.</summary>
    public static decimal? Money(this JsonElement parent, string name) =>
        parent.Member(name, JsonValueKind.Number) is { } member && member.TryGetDecimal(out var amount) && amount is >= 0 and <= LargestAmount ? amount : null;

    /// <summary>The objects among the elements of a list.</summary>
    public static IEnumerable<JsonElement> Objects(this JsonElement parent, string name) =>
        parent.Member(name, JsonValueKind.Array) is { } list ? list.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.Object) : [];
}
