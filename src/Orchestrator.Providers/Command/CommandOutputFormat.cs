using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Providers.Command;

/// <summary>What a command prints on standard output.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<CommandOutputFormat>))]
public enum CommandOutputFormat
{
    /// <summary>Words: each line is a message, and the exit code alone says how it went.</summary>
    Text = 0,

    /// <summary>One JSON object a line; <see cref="CommandOutputMapping"/> says what stands where.</summary>
    JsonLines,
}
