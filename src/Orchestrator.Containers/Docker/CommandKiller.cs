using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Docker.Wire;
using Orchestrator.Containers.Health;
using WireJson = Orchestrator.Containers.Docker.Wire.DockerJsonContext;

namespace Orchestrator.Containers.Docker;

/// <summary>Kills a command in an instance, which a Docker Engine has no call for.</summary>
/// <remarks>
/// A second command looks in the instance for all processes with the first one's mark in their environment, and for what those started,
/// and kills them until none is left. It needs <c>sh</c> in the image and runs as the same user. Where it does not work, for
/// whatever reason, the whole instance is killed: a command that nobody waits for must not go on. Only a probe's may: its instance's health knows of it.
/// A process that both dropped its environment and was left by its parent is found only by that.
/// </remarks>
internal sealed class CommandKiller(DockerHttp http, DockerContainers containers, ILogger logger)
{
    public const string MarkVariable = "ORCHESTRATOR_COMMAND";
    private const int Checks = 50;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private const string Script = """
        mark=$1 round=0
        while [ $round -lt 100 ]; do
          round=$((round + 1)) found=' '
          for process in /proc/[0-9]*; do
            while IFS= read -r text || [ -n "$text" ]; do
              case $text in *"$mark"*) found="$found${process#/proc/} "; break ;; esac
            done < "$process/environ"
          done 2> /dev/null
          [ "$found" != ' ' ] || exit 0
          grown=1
          while [ -n "$grown" ]; do
            grown=
            for process in /proc/[0-9]*; do
              { IFS= read -r text < "$process/stat"; } 2> /dev/null || continue
              text=${text##*) } pid=${process#/proc/}
              text=${text#* }
              case $found in *" $pid "*) ;; *" ${text%% *} "*) found="$found$pid "; grown=1 ;; esac
            done
          done
          kill -9 $found 2> /dev/null
        done
        exit 1
        """;

    /// <summary>Kills a command and what it started, and where that does not work its instance; logs what fails.</summary>
    public async Task KillAsync(LeftCommand command)
    {
        try
        {
            if (!await TryKillAloneAsync(command).ConfigureAwait(false))
            {
                // Limited in time by itself: what was tried before may have used up all of its own.
                await containers.KillAsync(command.Instance, CancellationToken.None).ConfigureAwait(false);
                logger.DockerInstanceKilledForCommand(command.Instance);
            }
        }
        catch (DockerException error) when (error.Code == DockerException.NotFound)
        {
            // The instance is gone, and the command with it.
        }
        catch (DockerException error)
        {
            logger.DockerCommandNotKilled(command.Instance, error.Code, error);
        }
    }

    /// <summary>Kills a probe's command and what it started; logs what fails.</summary>
    /// <returns>Whether it is gone.</returns>
    public async Task<bool> TryKillAsync(LeftCommand command)
    {
        try
        {
            var isGone = await TryKillAloneAsync(command).ConfigureAwait(false);
            if (!isGone)
            {
                logger.DockerProbeNotKilled(command.Instance);
            }

            return isGone;
        }
        catch (DockerException error) when (error.Code == DockerException.NotFound)
        {
            return true;
        }
    }

    /// <summary>Looks whether a probe's command that was left still runs, and tries once more to kill it.</summary>
    /// <returns>Whether it is gone.</returns>
    /// <exception cref="DockerException">The engine does not say.</exception>
    public async Task<bool> TryEndAsync(LeftCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await InspectAsync(command.Run, cancellationToken).ConfigureAwait(false) is not { Running: true }
                || await EndAsync(command, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerException error) when (error.Code == DockerException.NotFound)
        {
            return true; // The instance is gone, or was started anew.
        }
    }

    /// <summary>Whether the command is gone, or never ran.</summary>
    /// <exception cref="DockerException">The instance is gone.</exception>
    private async Task<bool> TryKillAloneAsync(LeftCommand command)
    {
        using var limit = new CancellationTokenSource(http.Options.CallTimeout, http.Time);
        try
        {
            // A start that was given up on the way may still happen: it gets a second for that.
            return !await BecomesAsync(command.Run, static run => run is { Running: true } or { ExitCode: not null }, limit.Token).ConfigureAwait(false)
                || await EndAsync(command, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException || (error is DockerException { Code: not DockerException.NotFound }))
        {
            logger.DockerCommandSweepFailed(command.Instance, (error as DockerException)?.Code ?? DockerException.TimedOut, error);
            return false;
        }
    }

    private async Task<bool> EndAsync(LeftCommand command, CancellationToken cancellationToken)
    {
        // The engine learns of an end a moment after the processes are gone.
        var isGone = await SweepAsync(command.Instance, command.Mark, cancellationToken).ConfigureAwait(false)
            && await BecomesAsync(command.Run, static run => !run.Running, cancellationToken).ConfigureAwait(false);
        if (isGone)
        {
            logger.DockerCommandKilled(command.Instance);
        }

        return isGone;
    }

    private async Task<bool> BecomesAsync(string run, Func<CommandAnswer, bool> isSo, CancellationToken cancellationToken)
    {
        for (var check = 0; check < Checks; check++)
        {
            if (isSo(await InspectAsync(run, cancellationToken).ConfigureAwait(false)))
            {
                return true;
            }

            await Task.Delay(Poll, http.Time, cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    private Task<CommandAnswer> InspectAsync(string run, CancellationToken cancellationToken) =>
        http.SendAsync(new DockerCall(HttpMethod.Get, $"/exec/{run}/json"), WireJson.Default.CommandAnswer, cancellationToken);

    /// <summary>Whether the instance has none of the command's processes any more.</summary>
    private async Task<bool> SweepAsync(string id, string mark, CancellationToken cancellationToken)
    {
        try
        {
            var body = new CommandBody(["sh", "-c", Script, "sh", mark], [], "/", AttachStdin: false);
            var create = DockerCall.Container(HttpMethod.Post, id, "/exec").With(body, WireJson.Default.CommandBody);
            var sweep = DockerCall.Id((await http.SendAsync(create, WireJson.Default.IdAnswer, cancellationToken).ConfigureAwait(false)).Id ?? "");
            var start = new DockerCall(HttpMethod.Post, $"/exec/{sweep}/start");
            var now = new CommandStartBody(Detach: false, Tty: false);
            using (var answer = await http.OpenAsync(start.With(now, WireJson.Default.CommandStartBody), cancellationToken).ConfigureAwait(false))
            {
                using var output = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                await foreach (var _ in OutputReader.ReadAsync(http, output, cancellationToken).ConfigureAwait(false))
                {
                    // It prints nothing that matters; its end is what is waited for.
                }
            }

            return (await InspectAsync(sweep, cancellationToken).ConfigureAwait(false)).ExitCode is 0 or null;
        }
        catch (DockerException error) when (error.Code is DockerException.NotRunning or DockerException.Refused)
        {
            return false;
        }
    }
}
