using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Queue.Workers;

/// <summary>How a typed handler reads its payload and writes its result.</summary>
public sealed class TaskHandlerOptions
{
    /// <summary>
    /// The version of the payload that the handler knows, from 1. Older ones are brought up to date by upcasters; a task with a newer one is given back, for a worker that
    /// knows it.
    /// </summary>
    /// <value><see langword="null"/> by default: one more than the last upcaster of its type, or 1 without any.</value>
    public int? PayloadVersion { get; set; }

    /// <summary>How JSON is read and written.</summary>
    /// <value><see cref="JsonSerializerOptions.Web"/> by default: camel case, reading is not case-sensitive.</value>
    public JsonSerializerOptions Json { get; set; } = JsonSerializerOptions.Web;

    /// <summary>The payload's entry in a source-generated context; results are then written with the options of that context.</summary>
    /// <value><see langword="null"/> by default: looked up in <see cref="Json"/>.</value>
    public JsonTypeInfo? PayloadType { get; set; }
}
