using System.Globalization;
using Orchestrator.Containers.Docker.Wire;

namespace Orchestrator.Containers.Docker;

/// <summary>Reads an instance's state from an engine's answers.</summary>
internal static class ContainerStates
{
    private const string TcpSuffix = "/tcp";
    private const string ExitedPrefix = "Exited (";

    /// <param name="answer">What inspecting tells.</param>
    /// <param name="remoteHost">The engine's machine, where ports on all its addresses are reached; <see langword="null"/> when it is this one.</param>
    public static ContainerStatus From(ContainerAnswer answer, string? remoteHost)
    {
        var state = State(answer.State?.Status);
        return new ContainerStatus
        {
            Id = Text(answer.Id),
            Name = Text(answer.Name).TrimStart('/'),
            State = state,
            ExitCode = state == ContainerState.Exited ? answer.State?.ExitCode : null,
            IsOutOfMemory = answer.State?.OOMKilled ?? false,
            StartedAt = answer.State?.StartedAt is { Year: > 1 } started ? started : null,
            Health = Health(answer.State?.Health?.Status ?? ""),
            Endpoints = IsAlive(state) ? Endpoints(answer.NetworkSettings?.Ports, remoteHost) : [],
            Labels = Labels(answer.Config?.Labels),
        };
    }

    /// <param name="row">What the list tells.</param>
    /// <param name="remoteHost">As with inspecting.</param>
    public static ContainerStatus From(ContainerRow row, string? remoteHost)
    {
        var state = State(row.State);
        var said = row.Status ?? "";
        return new ContainerStatus
        {
            Id = Text(row.Id),
            Name = Text(row.Names is [var first, ..] ? first : null).TrimStart('/'),
            State = state,
            ExitCode = state == ContainerState.Exited ? ExitCode(said) : null,
            Health = said.EndsWith("(healthy)", StringComparison.Ordinal) ? ContainerHealth.Healthy
                : said.EndsWith("(unhealthy)", StringComparison.Ordinal) ? ContainerHealth.Unhealthy
                : said.EndsWith("(health: starting)", StringComparison.Ordinal) ? ContainerHealth.Starting
                : ContainerHealth.Unknown,
            Endpoints = IsAlive(state) ? Endpoints(row.Ports ?? [], remoteHost) : [],
            Labels = Labels(row.Labels),
        };
    }

    private static bool IsAlive(ContainerState state) => state is ContainerState.Running or ContainerState.Paused;

    private static string Text(string? value) => string.IsNullOrWhiteSpace(value)
        ? throw new DockerException(DockerException.Protocol, "The Docker Engine told of an instance without an id or a name.")
        : value;

    private static ContainerState State(string? word) => word switch
    {
        "created" => ContainerState.Created,
        "running" => ContainerState.Running,
        "paused" => ContainerState.Paused,
        "exited" or "dead" => ContainerState.Exited,
        "removing" => ContainerState.Removed,
        _ => ContainerState.Unknown,
    };

    private static ContainerHealth Health(string word) => word switch
    {
        "starting" => ContainerHealth.Starting,
        "healthy" => ContainerHealth.Healthy,
        "unhealthy" => ContainerHealth.Unhealthy,
        _ => ContainerHealth.Unknown,
    };

    private static int? ExitCode(string said)
    {
        var end = said.IndexOf(')', StringComparison.Ordinal);
        if (end < 0 || !said.StartsWith(ExitedPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var number = said.AsSpan(ExitedPrefix.Length, end - ExitedPrefix.Length);
        return int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code) ? code : null;
    }

    private static ValueList<ContainerEndpoint> Endpoints(Dictionary<string, ContainerAnswer.BoundPart[]?>? ports, string? remoteHost) => (ports ?? [])
        .Where(static port => port.Key.EndsWith(TcpSuffix, StringComparison.Ordinal))
        .SelectMany(port => (port.Value ?? []).Select(bound =>
            new ContainerEndpoint(Number(port.Key[..^TcpSuffix.Length]), Host(bound.HostIp, remoteHost), Number(bound.HostPort))))
        .Where(static one => one is { Port: > 0, HostPort: > 0 })
        .OrderBy(static one => one.Port)
        .ToValueList();

    private static ValueList<ContainerEndpoint> Endpoints(ContainerRow.PortPart[] ports, string? remoteHost) => ports
        .Where(static port => port is { Type: "tcp", PublicPort: > 0 })
        .OrderBy(static port => port.PrivatePort)
        .Select(port => new ContainerEndpoint(port.PrivatePort, Host(port.IP, remoteHost), port.PublicPort))
        .ToValueList();

    private static string Host(string? address, string? remoteHost) => address switch
    {
        null or "" or "0.0.0.0" => remoteHost ?? "127.0.0.1",
        "::" => remoteHost ?? "::1",
        _ => address,
    };

    private static int Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static ValueMap Labels(Dictionary<string, string>? labels) => labels is null ? ValueMap.Empty : new ValueMap(labels);
}
