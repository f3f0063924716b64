using System.Net;

namespace Orchestrator.Containers.Docker;

/// <summary>Where an engine listens, read from options and the environment.</summary>
/// <param name="SocketPath">The path of a unix socket; <see langword="null"/> for TCP.</param>
/// <param name="Host">The host, of TCP.</param>
/// <param name="Port">The port, of TCP.</param>
/// <param name="CertificateDirectory">Where the certificates are; <see langword="null"/> for a connection without TLS.</param>
/// <param name="Problem">Why none of this is usable; <see langword="null"/> when it is.</param>
internal sealed record DockerEndpoint(string? SocketPath, string Host = "", int Port = 0, string? CertificateDirectory = null, string? Problem = null)
{
    private const string DefaultEndpoint = "unix:///var/run/docker.sock";
    private const string UnixScheme = "unix://";

    /// <summary>The engine's machine, where instances' ports are reached; <see langword="null"/> when it is this one.</summary>
    public string? RemoteHost => SocketPath is not null || IsLoopback(Host) ? null : Host.Trim('[', ']');

    public static DockerEndpoint Find(DockerEngineOptions options) => Find(options, Environment.GetEnvironmentVariable);

    public static DockerEndpoint Find(DockerEngineOptions options, Func<string, string?> environment)
    {
        var host = environment("DOCKER_HOST");
        var address = options.Endpoint ?? (string.IsNullOrEmpty(host) ? DefaultEndpoint : host);
        if (address.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            var path = address[UnixScheme.Length..];
            return Path.IsPathRooted(path) ? new DockerEndpoint(path) : Wrong($"'{address}' names no absolute path of a socket");
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != "tcp" || uri.Host.Length == 0 || uri.Port <= 0 || uri.UserInfo.Length > 0)
        {
            return Wrong("it is neither unix:///path nor tcp://host:port");
        }

        var directory = options.CertificateDirectory ?? (options.Endpoint is null ? environment("DOCKER_CERT_PATH") : null);
        if (string.IsNullOrEmpty(directory))
        {
            return IsLoopback(uri.Host)
                ? new DockerEndpoint(null, uri.Host, uri.Port)
                : Wrong($"TCP to another machine needs {nameof(options.CertificateDirectory)}: whoever reaches a Docker Engine without certificates is root there");
        }

        return Array.Find(["ca.pem", "cert.pem", "key.pem"], file => !File.Exists(Path.Combine(directory, file))) is { } missing
            ? Wrong($"{Path.Combine(directory, missing)} does not exist")
            : new DockerEndpoint(null, uri.Host, uri.Port, directory);
    }

    /// <summary>For messages.</summary>
    /// <returns>The address.</returns>
    public override string ToString() => SocketPath is null ? $"tcp://{Host}:{Port}" : UnixScheme + SocketPath;

    private static DockerEndpoint Wrong(string why) => new(null, Problem: $"{nameof(DockerEngineOptions.Endpoint)} cannot be used: {why}.");

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
