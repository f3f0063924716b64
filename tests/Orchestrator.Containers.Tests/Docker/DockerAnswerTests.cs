using System.Text;
using Orchestrator.Secrets;

namespace Orchestrator.Containers.Docker;

/// <summary>What is read out of an engine's answers, and what is left out of messages.</summary>
public sealed class DockerAnswerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exited", "Exited (137) 2 seconds ago", ContainerState.Exited, 137, ContainerHealth.Unknown)]
    [InlineData("exited", "Exited (-1) 2 seconds ago", ContainerState.Exited, -1, ContainerHealth.Unknown)]
    [InlineData("exited", "Exited (", ContainerState.Exited, null, ContainerHealth.Unknown)]
    [InlineData("exited", ") Exited (1", ContainerState.Exited, null, ContainerHealth.Unknown)]
    [InlineData("exited", "", ContainerState.Exited, null, ContainerHealth.Unknown)]
    [InlineData("dead", "Dead", ContainerState.Exited, null, ContainerHealth.Unknown)]
    [InlineData("running", "Up 3 minutes (healthy)", ContainerState.Running, null, ContainerHealth.Healthy)]
    [InlineData("running", "Up 3 minutes (unhealthy)", ContainerState.Running, null, ContainerHealth.Unhealthy)]
    [InlineData("running", "Up 1 second (health: starting)", ContainerState.Running, null, ContainerHealth.Starting)]
    [InlineData("paused", "Up 3 minutes (Paused)", ContainerState.Paused, null, ContainerHealth.Unknown)]
    [InlineData("removing", "Removal In Progress", ContainerState.Removed, null, ContainerHealth.Unknown)]
    [InlineData("restarting", "Restarting (1) 1 second ago", ContainerState.Unknown, null, ContainerHealth.Unknown)]
    public async Task A_row_of_the_list_tells_state_exit_code_and_health(string state, string said, ContainerState expected, int? exitCode, ContainerHealth health)
    {
        await using var peer = new RawPeer(RawPeer.Json($$"""[{"Id":"i","Names":["/n"],"State":"{{state}}","Status":"{{said}}","Labels":{"a":"b"} }]"""));
        using var engine = peer.Connect();

        var status = Assert.Single(await engine.ListAsync(ValueMap.Empty, Cancellation));

        Assert.Equal((expected, exitCode, health), (status.State, status.ExitCode, status.Health));
        Assert.Equal("b", status.Labels["a"]);
    }

    [Fact]
    public async Task Ports_are_told_in_order_and_only_those_of_tcp_that_are_open()
    {
        const string Ports = """{"9000/tcp":[{"HostIp":"","HostPort":"3"}],"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"2"},{"HostIp":"::","HostPort":"4"}],"53/udp":[{"HostIp":"","HostPort":"1"}],"7/tcp":null,"8/tcp":[{"HostPort":"x"}]}""";
        await using var peer = new RawPeer(RawPeer.Json("""{"Id":"i","Name":"/n","State":{"Status":"running"},"NetworkSettings":{"Ports":""" + Ports + "}}"));
        using var engine = peer.Connect();

        var status = await engine.InspectAsync("i", Cancellation);

        Assert.Equal([new(80, "127.0.0.1", 2), new(80, "::1", 4), new(9000, "127.0.0.1", 3)], status!.Endpoints);
    }

    [Fact]
    public async Task A_removal_that_somebody_else_began_is_waited_for()
    {
        var inspections = 0;
        await using var peer = new RawPeer(async (request, write, _) =>
        {
            await write(request.Contains("/_ping", StringComparison.Ordinal) ? RawPeer.Ping
                : request.StartsWith("DELETE", StringComparison.Ordinal) ? RawPeer.Json("""{"message":"removal of container i is already in progress"}""", "409 Conflict")
                : ++inspections < 3 ? RawPeer.Json("""{"Id":"i","Name":"/n","State":{"Status":"removing"}}""")
                : RawPeer.Json("{}", "404 Not Found"));
            return true;
        });
        using var engine = peer.Connect();

        await engine.RemoveAsync("i", Cancellation);

        Assert.Equal(3, inspections);
    }

    [Fact]
    public async Task An_instance_that_somebody_removes_as_it_ends_is_stopped_all_the_same()
    {
        var asked = new List<string>();
        await using var peer = new RawPeer(async (request, write, _) =>
        {
            asked.Add(request.Split(' ')[1]);
            await write(request.Contains("/_ping", StringComparison.Ordinal) ? RawPeer.Ping
                : request.Contains("/kill", StringComparison.Ordinal) ? RawPeer.Json("", "204 No Content")
                : RawPeer.Json("""{"message":"No such container: i"}""", "404 Not Found"));
            return true;
        });
        using var engine = peer.Connect();

        await engine.StopAsync("i", TimeSpan.Zero, Cancellation);

        Assert.EndsWith("/containers/i/wait?condition=not-running", asked[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_the_engine_does_not_repeat_a_secret()
    {
        await using var peer = new RawPeer(RawPeer.Json("""{"message":"cannot run with KEY=s3cr3t-value here"}""", "400 Bad Request"));
        using var engine = peer.Connect();
        var command = new ContainerCommand { Command = new CommandLine { Executable = "x" }, Secrets = new Dictionary<string, SecretValue> { ["KEY"] = new("s3cr3t-value") } };

        var error = await Assert.ThrowsAsync<DockerException>(async () => await engine.ExecuteAsync("i", command, Cancellation).GetAsyncEnumerator(Cancellation).MoveNextAsync());

        Assert.EndsWith("KEY=*** here", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A=B")]
    [InlineData("")]
    [InlineData("A\0")]
    public async Task A_variable_of_an_impossible_name_is_the_callers_mistake(string name)
    {
        await using var peer = new RawPeer(RawPeer.Json("{}"));
        using var engine = peer.Connect();
        var command = new ContainerCommand { Command = new CommandLine { Executable = "x" }, Environment = ValueMap.Empty.With(name, "value") };

        await Assert.ThrowsAsync<ArgumentException>(async () => await engine.ExecuteAsync("i", command, Cancellation).GetAsyncEnumerator(Cancellation).MoveNextAsync());

        Assert.Empty(peer.Requests);
    }

    [Fact]
    public async Task Output_that_is_no_frames_fails_by_type_and_its_command_is_looked_for()
    {
        var log = new StringBuilder();
        await using var peer = new RawPeer(async (request, write, _) =>
        {
            lock (log)
            {
                log.Append(request.Split(' ')[1].Split('?')[0]).Append(' ');
            }

            await write(request.Contains("/_ping", StringComparison.Ordinal) ? RawPeer.Ping
                : request.Contains("/containers/i/exec", StringComparison.Ordinal) ? RawPeer.Json("""{"Id":"e"}""")
                : request.Contains("/exec/e/json", StringComparison.Ordinal) ? RawPeer.Json("""{"Running":true}""")
                : request.Contains("/kill", StringComparison.Ordinal) ? RawPeer.Json("")
                : "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nplain text\n");
            return !request.Contains("/start", StringComparison.Ordinal);
        });
        using var engine = peer.Connect();
        var command = new ContainerCommand { Command = new CommandLine { Executable = "x" } };

        var error = await Assert.ThrowsAsync<DockerException>(async () => await engine.ExecuteAsync("i", command, Cancellation).GetAsyncEnumerator(Cancellation).MoveNextAsync());

        Assert.Equal(DockerException.Protocol, error.Code);
        Assert.StartsWith("/_ping /v1.41/containers/i/exec /v1.41/exec/e/start /v1.41/exec/e/json ", log.ToString(), StringComparison.Ordinal);
    }
}
