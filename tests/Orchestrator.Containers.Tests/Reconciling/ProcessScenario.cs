using Orchestrator.Containers.Engines;
using Orchestrator.Containers.Local;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>The process engine for scenarios.</summary>
internal static class ProcessScenario
{
    private const string Serve = $"echo $$ > pid; {ProcessSandbox.ServeScript}";

    /// <param name="place">The state directory of another process's engine; else a new one, which goes with the engine.</param>
    public static ScenarioEngine Open(string? place = null)
    {
        var directory = place is null ? new TemporaryDirectory() : null;
        return new ScenarioEngine(
            directory is null ? ProcessSandbox.Engine(place!) : ProcessSandbox.OpenIn(directory),
            static pool =>
            {
                var command = EngineSandbox.Shell(Serve);
                (pool.Command, pool.Ports) = ([command.Executable, .. command.Arguments], [8080]);
                pool.Startup = new() { HttpPath = "/", Port = 8080, Interval = TimeSpan.FromMilliseconds(100), FailureThreshold = 100 };
                pool.Liveness = new() { Port = 8080, Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(5) };
            })
        {
            Place = directory?.Path ?? place!,
            ServeScript = Serve,
            HangScript = "kill -STOP $(cat pid)",
        };
    }
}
