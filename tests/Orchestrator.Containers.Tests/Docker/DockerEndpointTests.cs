using System.Net.Sockets;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Docker;

public sealed class DockerEndpointTests
{
    [Fact]
    public void The_option_wins_over_the_environment_and_both_over_the_usual_socket()
    {
        var none = new Dictionary<string, string>();
        var host = new Dictionary<string, string> { ["DOCKER_HOST"] = "unix:///run/other.sock" };

        Assert.Equal("/var/run/docker.sock", Find(new(), none).SocketPath);
        Assert.Equal("/run/other.sock", Find(new(), host).SocketPath);
        Assert.Equal("/run/mine.sock", Find(new() { Endpoint = "unix:///run/mine.sock" }, host).SocketPath);
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:2375", null)]
    [InlineData("tcp://localhost:2375", null)]
    [InlineData("tcp://[::1]:2375", null)]
    [InlineData("tcp://10.0.0.1:2375", "needs CertificateDirectory")]
    [InlineData("tcp://docker.example:2375", "needs CertificateDirectory")]
    [InlineData("tcp://user:password@127.0.0.1:2375", "neither unix")]
    [InlineData("tcp://127.0.0.1", "neither unix")]
    [InlineData("ssh://host", "neither unix")]
    [InlineData("http://127.0.0.1:2375", "neither unix")]
    [InlineData("unix://relative.sock", "no absolute path")]
    [InlineData("", "neither unix")]
    public void An_endpoint_that_is_unsafe_or_unknown_is_refused(string endpoint, string? problem)
    {
        var found = Find(new() { Endpoint = endpoint }, []);

        Assert.Equal(problem is null, found.Problem is null);
        Assert.Contains(problem ?? "", found.Problem ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("password", found.Problem ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/var/run/docker.sock", "", null, "127.0.0.1", "::1")]
    [InlineData(null, "127.0.0.1", null, "127.0.0.1", "::1")]
    [InlineData(null, "docker.example", "docker.example", "docker.example", "docker.example")]
    [InlineData(null, "[2001:db8::1]", "2001:db8::1", "2001:db8::1", "2001:db8::1")]
    public void Ports_on_all_addresses_of_another_machine_are_reached_there(string? socket, string host, string? remote, string wildcard, string newWildcard)
    {
        var found = new DockerEndpoint(socket, host, 2376).RemoteHost;
        Wire.ContainerRow.PortPart[] ports = [new(1, 11, "0.0.0.0", "tcp"), new(2, 12, "::", "tcp"), new(3, 13, "10.0.0.9", "tcp")];
        var row = new Wire.ContainerRow { Id = "i", Names = ["/n"], State = "running", Ports = ports };
        var answer = new Wire.ContainerAnswer
        {
            Id = "i",
            Name = "/n",
            State = new("running", 0, OOMKilled: false, null, null),
            NetworkSettings = new(ports.ToDictionary(port => $"{port.PrivatePort}/tcp", port => (Wire.ContainerAnswer.BoundPart[]?)[new(port.IP, $"{port.PublicPort}")])),
        };

        Assert.Equal(remote, found);
        Assert.Equal([new(1, wildcard, 11), new(2, newWildcard, 12), new(3, "10.0.0.9", 13)], ContainerStates.From(row, found).Endpoints);
        Assert.Equal(ContainerStates.From(row, found).Endpoints, ContainerStates.From(answer, found).Endpoints);
    }

    [Fact]
    public void A_peer_that_dies_without_a_word_is_noticed_within_a_minute()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

        DockerConnector.KeepAlive(socket);

        int Option(SocketOptionName name) => (int)socket.GetSocketOption(SocketOptionLevel.Tcp, name)!;
        Assert.NotEqual(0, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
        Assert.Equal((30, 5, 5), (Option(SocketOptionName.TcpKeepAliveTime), Option(SocketOptionName.TcpKeepAliveInterval), Option(SocketOptionName.TcpKeepAliveRetryCount)));
    }

    [Fact]
    public void Certificates_of_the_environment_belong_to_its_host_only()
    {
        using var directory = new TemporaryDirectory();
        foreach (var file in new[] { "ca.pem", "cert.pem", "key.pem" })
        {
            File.WriteAllText(directory.Combine(file), "");
        }

        var environment = new Dictionary<string, string> { ["DOCKER_HOST"] = "tcp://10.0.0.1:2376", ["DOCKER_CERT_PATH"] = directory.Path };

        Assert.Equal(directory.Path, Find(new(), environment).CertificateDirectory);
        Assert.NotNull(Find(new() { Endpoint = "tcp://10.0.0.2:2376" }, environment).Problem);
        File.Delete(directory.Combine("key.pem"));
        Assert.Contains("key.pem", Find(new(), environment).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_broken_setting_is_named()
    {
        var options = new DockerEngineOptions
        {
            Endpoint = "nonsense",
            ConnectTimeout = TimeSpan.Zero,
            CallTimeout = TimeSpan.FromHours(2),
            EventSilence = TimeSpan.FromTicks(1),
            MaxLogBytes = 1,
            PublishAddress = "everywhere",
        };

        var failures = new DockerEngineOptionsValidator().Validate(null, options).Failures!.ToArray();

        Assert.Equal(6, failures.Length);
        Assert.All(
            new[] { "Endpoint", "ConnectTimeout", "CallTimeout", "EventSilence", "MaxLogBytes", "PublishAddress" },
            name => Assert.Contains(failures, failure => failure.StartsWith(name, StringComparison.Ordinal)));
        Assert.True(new DockerEngineOptionsValidator().Validate(null, new DockerEngineOptions { Endpoint = "unix:///x" }).Succeeded);
    }

    private static DockerEndpoint Find(DockerEngineOptions options, Dictionary<string, string> environment) =>
        DockerEndpoint.Find(options, name => environment.GetValueOrDefault(name));
}
