using Orchestrator.Containers.Engines;
using Orchestrator.Containers.Tests.Reconciling;

namespace Orchestrator.Containers.Docker;

/// <summary>The Docker Engine for scenarios.</summary>
internal static class DockerScenario
{
    // The shell stays the first process, which cannot be stopped from within.
    private const string Serve = "httpd -f -p 8080 -h /var/www & wait";

    public static ScenarioEngine Open() => new(
        DockerServer.Connect(),
        static pool =>
        {
            var command = EngineSandbox.Shell(Serve);
            (pool.Image, pool.Command, pool.Ports, pool.Network) = (DockerServer.Image, [command.Executable, .. command.Arguments], [8080], "bridge");
            pool.Startup = new() { HttpPath = "/", Port = 8080, Interval = TimeSpan.FromMilliseconds(100), FailureThreshold = 100 };
            pool.Liveness = new() { Port = 8080, Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(5) };
        })
    {
        ServeScript = Serve,
        HangScript = "kill -STOP $(pidof httpd)",
        Share = static (pool, directory) =>
        {
            pool.Mounts.Add(new ContainerMount(directory, "/shared"));
            return "/shared";
        },
    };
}
