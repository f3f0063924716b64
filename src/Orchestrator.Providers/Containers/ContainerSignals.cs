using Orchestrator.Containers;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Containers;

/// <summary>Signals for all processes of a container but its first, which runs for as long as the container. They need a <c>sh</c> in the image.</summary>
internal static class ContainerSignals
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // All that the user has are killed in one step, which no process that multiplies can outrun; then it is waited for until they have ended.
    private const string KillAll = """
        round=0
        while [ $round -lt 500 ]; do
          round=$((round + 1)) alive=
          kill -9 -1 2> /dev/null
          for process in /proc/[0-9]*; do
            pid=${process#/proc/}
            if [ "$pid" = 1 ] || [ "$pid" = $$ ]; then continue; fi
            { IFS= read -r text < "$process/stat"; } 2> /dev/null || continue
            case ${text##*) } in [ZX]*) ;; *) alive=1 ;; esac
          done
          [ -n "$alive" ] || exit 0
        done
        exit 1
        """;

    /// <summary>Asks all to end.</summary>
    public static async Task AskAsync(ContainerServices services, string engineId, StopSignal signal) =>
        await RunAsync(services, engineId, signal == StopSignal.Interrupt ? "kill -INT -1" : "kill -TERM -1").ConfigureAwait(false);

    /// <summary>Whether a program can be started in it still. An engine may call a container running for a moment after everything in it was killed.</summary>
    public static async Task<bool> AnswersAsync(ContainerServices services, string engineId) => await RunAsync(services, engineId, "kill -0 $$").ConfigureAwait(false) == 0;

    /// <summary>Kills all.</summary>
    /// <returns>Whether none is left.</returns>
    public static async Task<bool> KillAllAsync(ContainerServices services, string engineId) =>
        await RunAsync(services, engineId, KillAll).ConfigureAwait(false) == 0;

    private static async Task<int?> RunAsync(ContainerServices services, string engineId, string script)
    {
        var command = new ContainerCommand { Command = new CommandLine { Executable = "sh", Arguments = ["-c", script] }, WorkingDirectory = "/" };
        using var limit = new CancellationTokenSource(Limit, services.Time);
        try
        {
            await foreach (var output in services.Engine.ExecuteAsync(engineId, command, limit.Token).ConfigureAwait(false))
            {
                if (output.ExitCode is { } code)
                {
                    return code;
                }
            }
        }
        catch (Exception exception) when (exception is OrchestratorException or OperationCanceledException)
        {
            services.Logger.ContainerSignalFailed(exception, engineId);
        }

        return null;
    }
}
