using Orchestrator.Cli.Commands.Doctor;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Commands.Doctor;

public sealed class SandboxChecksTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_Docker_socket_is_told_with_what_it_opens()
    {
        var socket = _directory.Write("docker.sock", "");

        Assert.Contains($"{socket}: whoever may use it", SandboxChecks.Docker(host: null, socket).Found, StringComparison.Ordinal);
        Assert.Contains("DOCKER_HOST is set", SandboxChecks.Docker("tcp://docker.invalid", _directory.Combine("none")).Found, StringComparison.Ordinal);
        Assert.Equal((false, "no socket: agents cannot ask Docker for anything"), (SandboxChecks.Docker("", _directory.Combine("none")).Ok, SandboxChecks.Docker("", _directory.Combine("none")).Found));
    }

    [Fact]
    public void The_unified_hierarchy_is_told_with_how_its_groups_end()
    {
        Assert.Equal((false, "not mounted"), (SandboxChecks.ControlGroups(_directory.Path).Ok, SandboxChecks.ControlGroups(_directory.Path).Found));

        _directory.Write("cgroup.controllers", "cpu memory\n");
        Assert.Contains("no cgroup.kill", SandboxChecks.ControlGroups(_directory.Path).Found, StringComparison.Ordinal);

        Directory.CreateDirectory(_directory.Combine("user.slice"));
        File.WriteAllText(_directory.Combine("user.slice", "cgroup.kill"), "");
        Assert.Contains("cgroup.kill ends a group at once", SandboxChecks.ControlGroups(_directory.Path).Found, StringComparison.Ordinal);
    }
}
