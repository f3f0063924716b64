using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Options;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Workspaces;

/// <summary>Runs git so that nothing in a repository can make it run something else: no hooks, no monitor, no prompt, no pager, no outside variables.</summary>
internal sealed class GitCommand(IOptions<WorkspaceOptions> options, TimeProvider time)
{
    private static readonly string[] Hardening =
    [
        "--no-optional-locks", "--literal-pathspecs", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false",
        "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.pager=cat", "-c", "advice.detachedHead=false", "-c", "core.quotePath=false",
    ];

    /// <summary>Runs git and takes any exit code.</summary>
    public async Task<GitOutput> TryRunAsync(GitCall call, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = CreateStartInfo(call) };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw Missing(exception);
        }

        using var limit = new CancellationTokenSource(options.Value.GitTimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var error = process.StandardError.ReadToEndAsync(either.Token);
            var input = WriteInputAsync(process, call.Input, either.Token);
            var output = await ReadAsync(process.StandardOutput.BaseStream, call.MaxOutputBytes, either.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            await input.ConfigureAwait(false);
            return new GitOutput(process.ExitCode, output, (await error.ConfigureAwait(false)).Trim());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WorkspaceException("workspace.git_failed", $"git {call.Arguments[0]} took longer than {options.Value.GitTimeLimit} and was stopped (GitTimeLimit).");
        }
        finally
        {
            if (!process.HasExited)
            {
                // It is gone before the caller deletes what it may be writing.
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs git and throws when it says no.</summary>
    public async Task<GitOutput> RunAsync(GitCall call, CancellationToken cancellationToken)
    {
        var output = await TryRunAsync(call, cancellationToken).ConfigureAwait(false);
        return output.ExitCode == 0
            ? output
            : throw new WorkspaceException("workspace.git_failed", $"git {call.Arguments[0]} in {call.Directory} ended with {output.ExitCode}: {Shorten(output.Error)}");
    }

    private static string Shorten(string text) => text.Length <= 2000 ? text : text[..2000] + "…";

    private static async Task WriteInputAsync(Process process, byte[] input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // git said no before it had read everything; its exit code tells.
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (memory.Length + count > limit)
            {
                throw new WorkspaceException("workspace.changes_too_large", $"git printed more than {limit} bytes (MaxChangesBytes): nothing was taken.");
            }

            memory.Write(buffer, 0, count);
        }

        return memory.ToArray();
    }

    private ProcessStartInfo CreateStartInfo(GitCall call)
    {
        var start = new ProcessStartInfo(Executables.Find(options.Value.GitExecutable) ?? throw Missing(null))
        {
            WorkingDirectory = call.Directory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in Hardening.Concat(call.Arguments))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in ProcessEnvironment.Inherit().Concat(call.Environment))
        {
            start.Environment[name] = value;
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_ASKPASS"] = "";
        start.Environment["GIT_NO_LAZY_FETCH"] = "1";
        return start;
    }

    private WorkspaceException Missing(Exception? exception) => new(
        "workspace.git_missing", $"The program '{options.Value.GitExecutable}' was not found: install git 2.30 or later, or set GitExecutable to its path.", exception);
}
