using System.Text.Json.Serialization;

namespace Orchestrator.Containers.Local;

/// <summary>One run of an instance's program, described so that it is recognised later: a process id alone may be somebody else's by then.</summary>
/// <param name="ProcessId">The program's process, which leads a session of its own where there are sessions.</param>
/// <param name="StartTime">When it started, as the process table counts.</param>
/// <param name="Boot">The machine's run; ids and times of another one mean nothing.</param>
/// <param name="Mark">The environment variable, <c>NAME=value</c>, that every process of the run inherits.</param>
internal sealed record ProcessRun(int ProcessId, long StartTime, string Boot, string Mark)
{
    /// <summary>Where its ports are.</summary>
    [JsonConverter(typeof(Json.ValueListJsonConverter<ContainerEndpoint>))]
    public ValueList<ContainerEndpoint> Endpoints { get; init; } = [];
}
