using Orchestrator.Containers;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Containers;

/// <summary>Signals for the processes of one execution in a container: those with its mark in their environment. They need a <c>sh</c> in the image.</summary>
internal static class ContainerSignals
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // Not all that its user has: the container's own program is among them, and its end is the end of everything at once.
    private const string Ask = """
        for process in /proc/[0-9]*; do
          while IFS= read -r text || [ -n "$text" ]; do
            case $text in *"$2"*) kill -"$1" "${process#/proc/}"; break ;; esac
          done < "$process/environ"
        done 2> /dev/null
        """;

    /// <summary>Asks all to end.</summary>
    public static async Task AskAsync(ContainerServices services, string engineId, string executionId, StopSignal signal) =>
        await RunAsync(services, engineId, Ask, "sh", signal == StopSignal.Interrupt ? "INT" : "TERM", $"{ProcessEnvironment.ExecutionMarker}={executionId}").ConfigureAwait(false);

    /// <summary>Whether a program can be started in it still. An engine may call a container running for a moment after everything in it was killed.</summary>
    public static async Task<bool> AnswersAsync(ContainerServices services, string engineId) => await RunAsync(services, engineId, "kill -0 $$").ConfigureAwait(false) == 0;

    private static async Task<int?> RunAsync(ContainerServices services, string engineId, string script, params string[] arguments)
    {
        var command = new ContainerCommand { Command = new CommandLine { Executable = "sh", Arguments = ["-c", script, .. arguments] }, WorkingDirectory = "/" };
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
