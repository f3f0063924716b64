using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Docker.Wire;
using WireJson = Orchestrator.Containers.Docker.Wire.DockerJsonContext;

namespace Orchestrator.Containers.Docker;

/// <summary>Kills a command in an instance, which a Docker Engine has no call for.</summary>
/// <remarks>
/// A second command looks in the instance for all processes with the first one's mark in their environment, and for what those started,
/// and kills them until none is left. It needs <c>sh</c> in the image and runs as the same user. Where it does not work, for
/// whatever reason, the whole instance is killed: a command that nobody waits for must not go on. Only a probe's may.
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

    /// <summary>Kills a command and what it started; logs what fails.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="run">The engine's id of the command.</param>
    /// <param name="mark">The command's mark.</param>
    /// <param name="sparesInstance">Whether the instance is left alone when the command cannot be killed alone.</param>
    public async Task KillAsync(string id, string run, string mark, bool sparesInstance)
    {
        try
        {
            if (await TryKillAloneAsync(id, run, mark).ConfigureAwait(false))
            {
                return;
            }

            if (sparesInstance)
            {
                logger.DockerProbeNotKilled(id);
                return;
            }

            // Limited in time by itself: what was tried before may have used up all of its own.
            await containers.KillAsync(id, CancellationToken.None).ConfigureAwait(false);
            logger.DockerInstanceKilledForCommand(id);
        }
        catch (DockerException error) when (error.Code == DockerException.NotFound)
        {
            // The instance is gone, and the command with it.
        }
        catch (DockerException error)
        {
            logger.DockerCommandNotKilled(id, error.Code, error);
        }
    }

    /// <summary>Whether the command is gone, or never ran.</summary>
    /// <exception cref="DockerException">The instance is gone.</exception>
    private async Task<bool> TryKillAloneAsync(string id, string run, string mark)
    {
        using var limit = new CancellationTokenSource(http.Options.CallTimeout, http.Time);
        try
        {
            // A start that was given up on the way may still happen: it gets a second for that.
            if (!await BecomesAsync(run, static command => command is { Running: true } or { ExitCode: not null }, limit.Token).ConfigureAwait(false))
            {
                return true;
            }

            // The engine learns of an end a moment after the processes are gone.
            var isGone = await SweepAsync(id, mark, limit.Token).ConfigureAwait(false)
                && await BecomesAsync(run, static command => !command.Running, limit.Token).ConfigureAwait(false);
            if (isGone)
            {
                logger.DockerCommandKilled(id);
            }

            return isGone;
        }
        catch (Exception error) when (error is OperationCanceledException || (error is DockerException { Code: not DockerException.NotFound }))
        {
            logger.DockerCommandSweepFailed(id, (error as DockerException)?.Code ?? DockerException.TimedOut, error);
            return false;
        }
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
