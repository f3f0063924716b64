using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Containers.Docker;

/// <summary>One request to an engine.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path and query below the version.</param>
internal sealed record DockerCall(HttpMethod Method, string Path)
{
    /// <summary>What is sent; made anew for each call.</summary>
    public HttpContent? Content { get; init; }

    /// <summary>Time beyond the limit of every call.</summary>
    public TimeSpan ExtraTime { get; init; }

    /// <summary>The code of a 404.</summary>
    public string NotFoundCode { get; init; } = DockerException.NotFound;

    /// <summary>The code of a 409.</summary>
    public string ConflictCode { get; init; } = DockerException.Conflict;

    /// <summary>Texts that no message may repeat.</summary>
    public IReadOnlyCollection<string> Secrets { get; init; } = [];

    /// <summary>A call about an instance.</summary>
    /// <exception cref="DockerException">No instance can have the id.</exception>
    public static DockerCall Container(HttpMethod method, string id, string rest = "") =>
        new(method, $"/containers/{Id(id)}{rest}") { ConflictCode = DockerException.NotRunning };

    /// <summary>An id as part of a path.</summary>
    /// <exception cref="DockerException">Nothing can have the id.</exception>
    public static string Id(string id) =>
        id.Length is > 0 and <= 255 && char.IsAsciiLetterOrDigit(id[0]) && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')
        ? id
        : throw new DockerException(DockerException.NotFound, "Nothing can have an id or name of this form.");

    /// <summary>The call with a body.</summary>
    public DockerCall With<T>(T body, JsonTypeInfo<T> type) => this with
    {
        Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type)) { Headers = { ContentType = new("application/json") } },
    };

    /// <summary>Filters as the engine takes them in a query.</summary>
    public static string Filters(Dictionary<string, string[]> filters) =>
        Uri.EscapeDataString(JsonSerializer.Serialize(filters, Wire.DockerJsonContext.Default.DictionaryStringStringArray));

    /// <summary>The labels as a filter.</summary>
    public static string[] Labels(ValueMap labels) => [.. labels.Select(label => $"{label.Key}={label.Value}")];
}
