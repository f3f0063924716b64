using System.Diagnostics;
using Orchestrator.Containers.Local.Processes;
using Orchestrator.Containers.Local.State;

namespace Orchestrator.Containers.Local.Starting;

/// <summary>Makes a command in an instance ready to start: the instance's variables, the command's own, and its secrets, by environment alone.</summary>
internal static class InstanceCommand
{
    /// <summary>The exit code of a shell that does not find a program.</summary>
    public const int NoSuchProgram = 127;

    /// <summary>Prepares; <see langword="null"/> when there is no such program.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="run">Its run: what the command leaves running ends with it.</param>
    /// <param name="directory">Its directory.</param>
    /// <param name="command">The command.</param>
    /// <param name="time">The clock.</param>
    /// <param name="table">The processes.</param>
    /// <param name="mark">The variable that marks the command's processes.</param>
    public static ProcessStartInfo? TryPrepare(
        ProcessInstance instance, ProcessRun run, InstanceDirectory directory, ContainerCommand command, TimeProvider time, IProcessTable table, out string mark)
    {
        var id = Identifiers.Create(time.GetUtcNow());
        mark = $"{InstanceEnvironment.CommandMark}={id}";
        var variables = InstanceEnvironment.Of(instance.Specification, directory, run.Endpoints, run.Mark);
        InstanceEnvironment.Add(variables, command.Environment);
        InstanceEnvironment.Add(variables, command.Secrets.Select(static secret => KeyValuePair.Create(secret.Key, secret.Value.Reveal())));
        variables[InstanceEnvironment.CommandMark] = id;
        var place = ProgramStart.DirectoryOf(instance.Specification, directory, command.WorkingDirectory);
        if (Executables.Find(command.Command.Executable, variables.GetValueOrDefault("PATH"), place) is null)
        {
            return null;
        }

        var program = ProgramStart.Resolve(command.Command, place, variables);
        return ProgramStart.Info(table.SessionTool is { } session ? [session, .. program.Words] : program.Words, program.Directory, variables);
    }
}
