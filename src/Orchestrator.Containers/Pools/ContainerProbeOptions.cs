using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Containers.Pools;

/// <summary>Asks an instance how it is: by HTTP (<see cref="HttpPath"/> and <see cref="Port"/>), by a TCP connection (<see cref="Port"/> alone) or by a command in it (<see cref="Command"/>). Exactly one of the three.</summary>
public sealed class ContainerProbeOptions
{
    /// <summary>The path to GET, beginning with a slash; a status from 200 to 399 passes.</summary>
    /// <value><see langword="null"/> by default.</value>
    public string? HttpPath { get; set; }

    /// <summary>The port to ask; one of <see cref="ContainerPoolOptions.Ports"/>.</summary>
    /// <value><see langword="null"/> by default.</value>
    public int? Port { get; set; }

    /// <summary>The program to run in the instance and its arguments; exit code 0 passes. Costs a second of the engine each time, so use it with long intervals.</summary>
    /// <value>Empty by default.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<string> Command { get; set; } = [];

    /// <summary>How often; from 50 milliseconds to 1 hour.</summary>
    /// <value>5 seconds by default.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one answer may take; from 10 milliseconds to 10 minutes.</summary>
    /// <value>2 seconds by default.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Failures in a row after which it counts as failed; from 1 to 10,000.</summary>
    /// <value>3 by default.</value>
    public int FailureThreshold { get; set; } = 3;

    /// <summary>Passes in a row after which it counts as passed again; from 1 to 10,000.</summary>
    /// <value>1 by default.</value>
    public int SuccessThreshold { get; set; } = 1;
}
