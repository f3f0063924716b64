using System.ComponentModel;
using System.Diagnostics;
using Orchestrator.Containers.Local.Logs;
using Orchestrator.Containers.Local.Processes;
using Orchestrator.Containers.Local.State;

namespace Orchestrator.Containers.Local.Starting;

/// <summary>Starts an instance's own program, which then needs this process no more.</summary>
/// <remarks>
/// A shell waits behind a gate before it runs the program in place of itself, with its streams tied to the logs. So the program's process is on record before its first
/// instruction; when this process dies before that, the gate closes and the program never runs.
/// </remarks>
internal sealed class InstanceProgram : IDisposable
{
    private const string Shell = "/bin/sh";

    // What shells set for themselves.
    private static readonly string[] ShellVariables = ["PWD", "OLDPWD", "SHLVL"];

    private readonly InstanceDirectory _directory;
    private readonly bool _hasGate;

    private InstanceProgram(Process process, InstanceDirectory directory, bool hasGate) => (Process, _directory, _hasGate) = (process, directory, hasGate);

    public Process Process { get; }

    /// <summary>Starts the program's process, which waits where there is a shell.</summary>
    /// <exception cref="ProcessEngineException">It cannot be started.</exception>
    public static InstanceProgram Start(ContainerSpecification specification, InstanceDirectory directory, Dictionary<string, string> variables, IProcessTable table)
    {
        var hasGate = !OperatingSystem.IsWindows() && File.Exists(Shell);
        var program = ProgramStart.Resolve(specification.Command!, ProgramStart.DirectoryOf(specification, directory, specification.WorkingDirectory), variables);
        string[] session = table.SessionTool is { } tool ? [tool] : [];
        string[] gate = hasGate ? [Shell, "-c", Script(variables), "orchestrator-gate", directory.Output, directory.Errors, .. Unspeakable(variables)] : [];
        var start = ProgramStart.Info([.. session, .. gate, .. program.Words], program.Directory, variables);
        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
            return new InstanceProgram(process, directory, hasGate);
        }
        catch (Exception error) when (error is Win32Exception or IOException or InvalidOperationException)
        {
            process.Dispose();
            throw new ProcessEngineException(ProcessEngineException.StartFailed, $"The program '{specification.Command!.Executable}' of '{specification.Name}' cannot be started: {error.Message}", error);
        }
    }

    /// <summary>Lets the program run.</summary>
    /// <returns>Writes the logs where no shell does, until the program ends.</returns>
    public Task Open(CancellationToken cancellationToken)
    {
        try
        {
            var input = Process.StandardInput.BaseStream;
            if (_hasGate)
            {
                input.Write("\n"u8);
                input.Flush();
            }

            input.Dispose();
        }
        catch (IOException)
        {
            // It has ended already: its exit code tells.
        }

        if (!_hasGate)
        {
            return Task.WhenAll(
                LogPump.RunAsync(Process.StandardOutput.BaseStream, _directory.Output, cancellationToken),
                LogPump.RunAsync(Process.StandardError.BaseStream, _directory.Errors, cancellationToken));
        }

        Process.StandardOutput.Dispose();
        Process.StandardError.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => Process.Dispose();

    private static string Script(Dictionary<string, string> variables)
    {
        var unset = string.Concat(ShellVariables.Where(name => !variables.ContainsKey(name)).Select(static name => $"unset {name}; "));
        return $"read -r orchestrator_gate && exec >>\"$1\" 2>>\"$2\" </dev/null && {{ {unset}shift 2; exec \"$@\"; }}";
    }

    /// <summary>Shells drop variables whose names are none of theirs; another program hands these over. A specification holds no secrets, so they may be arguments.</summary>
    private static IEnumerable<string> Unspeakable(Dictionary<string, string> variables)
    {
        var found = variables.Where(static variable => !IsShellName(variable.Key)).Select(static variable => $"{variable.Key}={variable.Value}").ToList();
        return found.Count == 0 ? [] : [.. (string[])["env", "--"], .. found];
    }

    private static bool IsShellName(string name) => !char.IsAsciiDigit(name[0]) && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
