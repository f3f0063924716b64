using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Containers.Docker.Wire;
using Orchestrator.Containers.Health;
using WireJson = Orchestrator.Containers.Docker.Wire.DockerJsonContext;

namespace Orchestrator.Containers.Docker;

/// <summary>Runs commands in instances.</summary>
/// <remarks>
/// Secrets go into the environment of the one command and nowhere else. An engine in debug mode writes down what it is sent, secrets too: do not run one so.
/// Each command carries a random mark in its environment, by which <see cref="CommandKiller"/> finds it and what it started.
/// </remarks>
internal sealed class DockerCommands(DockerHttp http, CommandKiller killer)
{
    private const int MarkLength = 32;
    private static readonly TimeSpan ExitPoll = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs a command; kills it when its reader leaves.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Kills the command; where it cannot be killed alone, its instance with it.</param>
    public async IAsyncEnumerable<ContainerOutput> RunAsync(string id, ContainerCommand command, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var mark = NewMark();
        var run = await PrepareAsync(id, command, mark, cancellationToken).ConfigureAwait(false);
        var hasEnded = false;
        try
        {
            await foreach (var line in OutputAsync(run, command, cancellationToken).ConfigureAwait(false))
            {
                yield return line;
            }

            var code = await ExitCodeAsync(run, cancellationToken).ConfigureAwait(false);
            hasEnded = true;
            yield return new ContainerOutput("", ExitCode: code);
        }
        finally
        {
            if (!hasEnded)
            {
                await killer.KillAsync(new LeftCommand(id, run, mark)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs a command for its exit code; kills it alone, or not at all.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Kills the command.</param>
    /// <exception cref="CommandLeftException">It could not be killed.</exception>
    public async ValueTask<int> ProbeAsync(string id, ContainerCommand command, CancellationToken cancellationToken)
    {
        var mark = NewMark();
        var run = await PrepareAsync(id, command, mark, cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (var _ in OutputAsync(run, command, cancellationToken).ConfigureAwait(false))
            {
                // Only how it ends matters.
            }

            return await ExitCodeAsync(run, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or DockerException)
        {
            var left = new LeftCommand(id, run, mark);
            if (await killer.TryKillAsync(left).ConfigureAwait(false))
            {
                throw;
            }

            throw new CommandLeftException(left, error);
        }
    }

    private static string NewMark() => RandomNumberGenerator.GetHexString(MarkLength, lowercase: true);

    private async Task<string> PrepareAsync(string id, ContainerCommand command, string mark, CancellationToken cancellationToken)
    {
        var secrets = command.Secrets.ToDictionary(secret => secret.Key, secret => secret.Value.Reveal());
        var variables = command.Environment.Where(one => !secrets.ContainsKey(one.Key)).Concat(secrets).Append(new(CommandKiller.MarkVariable, mark));
        string[] words = [command.Command.Executable, .. command.Command.Arguments];
        var body = new CommandBody(words, ContainerBodies.Variables(variables), command.WorkingDirectory, command.Input is not null);
        var call = DockerCall.Container(HttpMethod.Post, id, "/exec") with { Secrets = secrets.Values };
        var answer = await http.SendAsync(call.With(body, WireJson.Default.CommandBody), WireJson.Default.IdAnswer, cancellationToken).ConfigureAwait(false);
        return DockerCall.Id(answer.Id ?? "");
    }

    private IAsyncEnumerable<ContainerOutput> OutputAsync(string run, ContainerCommand command, CancellationToken cancellationToken)
    {
        var call = new DockerCall(HttpMethod.Post, $"/exec/{run}/start")
        {
            ConflictCode = DockerException.NotRunning,
            Secrets = [.. command.Secrets.Values.Select(secret => secret.Reveal())],
        };
        call = call.With(new CommandStartBody(Detach: false, Tty: false), WireJson.Default.CommandStartBody);
        return command.Input is { } input ? WithInputAsync(call, input, cancellationToken) : WithoutInputAsync(call, cancellationToken);
    }

    private async IAsyncEnumerable<ContainerOutput> WithoutInputAsync(DockerCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await StartAsync(() => http.OpenAsync(call, cancellationToken)).ConfigureAwait(false);
        if (answer is null)
        {
            yield break;
        }

        using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var line in OutputReader.ReadAsync(http, stream, cancellationToken).ConfigureAwait(false))
        {
            yield return line;
        }
    }

    private async IAsyncEnumerable<ContainerOutput> WithInputAsync(DockerCall call, string input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var connection = await StartAsync(() => http.OpenDuplexAsync(call, cancellationToken)).ConfigureAwait(false);
        if (connection is null)
        {
            yield break;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = connection.SendAsync(Encoding.UTF8.GetBytes(input), stop.Token);
        try
        {
            await foreach (var line in OutputReader.ReadAsync(http, connection.Output, cancellationToken).ConfigureAwait(false))
            {
                yield return line;
            }
        }
        finally
        {
            // The command has ended, or nobody listens any more: what it has not read by now it never will.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Starts a command; null where the engine says that there is no such program, which is then in its exit code, as with a shell.</summary>
    private static async Task<T?> StartAsync<T>(Func<Task<T>> start)
        where T : class
    {
        try
        {
            return await start().ConfigureAwait(false);
        }
        catch (DockerException error) when (error.StatusCode == HttpStatusCode.BadRequest)
        {
            return null;
        }
    }

    /// <summary>The exit code. The output can end a little before the engine has it.</summary>
    private async Task<int> ExitCodeAsync(string run, CancellationToken cancellationToken)
    {
        var began = http.Time.GetTimestamp();
        var call = new DockerCall(HttpMethod.Get, $"/exec/{run}/json");
        while (true)
        {
            var answer = await http.SendAsync(call, WireJson.Default.CommandAnswer, cancellationToken).ConfigureAwait(false);
            if (answer is { Running: false, ExitCode: { } code })
            {
                return code;
            }

            if (http.Time.GetElapsedTime(began) > http.Options.CallTimeout)
            {
                throw new DockerException(DockerException.TimedOut, "The output of a command ended, but the Docker Engine does not tell its exit code.");
            }

            await Task.Delay(ExitPoll, http.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
