using System.Net;

namespace Orchestrator.Containers.Docker;

/// <summary>A call of a Docker Engine that failed.</summary>
/// <remarks>The message ends with what the engine said, cut to a line; it holds no secret of a command.</remarks>
public sealed class DockerException : OrchestratorException
{
    /// <summary>The engine cannot be reached, or the connection broke.</summary>
    public const string Unavailable = "containers.docker.unavailable";

    /// <summary>The engine did not answer in time.</summary>
    public const string TimedOut = "containers.docker.timed_out";

    /// <summary>The engine's API is older than the oldest that this version speaks, or it is no Docker Engine.</summary>
    public const string UnsupportedVersion = "containers.docker.unsupported_version";

    /// <summary>The engine's answer breaks its own rules.</summary>
    public const string Protocol = "containers.docker.protocol";

    /// <summary>There is no such instance, image or network.</summary>
    public const string NotFound = "containers.docker.not_found";

    /// <summary>There is no such image, or the network that an instance shall join is missing.</summary>
    public const string ImageNotFound = "containers.docker.image_not_found";

    /// <summary>Something of the name exists already.</summary>
    public const string NameTaken = "containers.docker.name_taken";

    /// <summary>The instance does not run, or is frozen, and the call needs one that runs.</summary>
    public const string NotRunning = "containers.docker.not_running";

    /// <summary>The engine does not do that now: something is in use.</summary>
    public const string Conflict = "containers.docker.conflict";

    /// <summary>The engine says that the call is wrong; of a start, often that the program does not exist.</summary>
    public const string Refused = "containers.docker.refused";

    /// <summary>This caller may not do that.</summary>
    public const string Forbidden = "containers.docker.forbidden";

    /// <summary>The engine failed within.</summary>
    public const string Failed = "containers.docker.failed";

    /// <summary>Creates the exception.</summary>
    /// <param name="code">One of the constants of this class.</param>
    /// <param name="message">What happened, and what to do about it.</param>
    /// <param name="innerException">The fault underneath, or <see langword="null"/>.</param>
    public DockerException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }

    /// <summary>The HTTP status of the engine's answer; <see langword="null"/> when there was none.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <inheritdoc/>
    public override bool IsTransient => Code is Unavailable or TimedOut or Failed;
}
