namespace Orchestrator.Containers.Docker;

/// <summary>Settings of the engine that runs instances in a Docker Engine.</summary>
public sealed class DockerEngineOptions
{
    /// <summary>Where the engine listens: <c>unix:///path/of/docker.sock</c> or <c>tcp://host:port</c>.</summary>
    /// <value><see langword="null"/> by default: the variable <c>DOCKER_HOST</c>, or else <c>unix:///var/run/docker.sock</c>.</value>
    /// <remarks>Whoever may talk to a Docker Engine is root on its machine. TCP without <see cref="CertificateDirectory"/> is therefore refused but to loopback.</remarks>
    public string? Endpoint { get; set; }

    /// <summary>The directory with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c> for a <c>tcp</c> endpoint: both sides then prove who they are. Not used with a <c>unix</c> endpoint.</summary>
    /// <value><see langword="null"/> by default: the variable <c>DOCKER_CERT_PATH</c> when <see cref="Endpoint"/> is not set either, or else none.</value>
    public string? CertificateDirectory { get; set; }

    /// <summary>How long connecting may take.</summary>
    /// <value>5 seconds by default; 10 milliseconds to 5 minutes.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the engine may take to answer a call; of a stop, beyond its grace. Streams (logs, events, the output of commands) are limited only until they begin.</summary>
    /// <value>1 minute by default; 10 milliseconds to 1 hour.</value>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>After how long without an event the stream of events is opened anew, from where it stood: a connection that died without a word looks like one where nothing happens.</summary>
    /// <value>30 seconds by default; 10 milliseconds to 1 hour.</value>
    public TimeSpan EventSilence { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of output of an instance's own program that the engine keeps, rounded to kibibytes; the oldest part goes.</summary>
    /// <value>16 MiB by default; at least 64 KiB.</value>
    public long MaxLogBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The address of the engine's machine on which the ports of instances are opened, each on a free port.</summary>
    /// <value>127.0.0.1 by default, where only the engine's own machine reaches them.</value>
    public string PublishAddress { get; set; } = "127.0.0.1";
}
