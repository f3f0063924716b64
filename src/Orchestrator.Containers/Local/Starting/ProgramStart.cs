using System.Diagnostics;
using Orchestrator.Containers.Local.State;

namespace Orchestrator.Containers.Local.Starting;

/// <summary>What a program needs to be started: its file, its directory, its variables, and nothing inherited.</summary>
internal static class ProgramStart
{
    /// <summary>The directory that a path in an instance means: that of a mount when it is in one, for an instance has no file system of its own.</summary>
    public static string DirectoryOf(ContainerSpecification specification, InstanceDirectory directory, string? path)
    {
        var wished = path ?? specification.WorkingDirectory;
        if (wished is null)
        {
            return directory.Work;
        }

        foreach (var mount in specification.Mounts.OrderByDescending(static mount => mount.Target.Length))
        {
            var target = mount.Target.TrimEnd('/');
            if (wished == target || wished.StartsWith(target + '/', StringComparison.Ordinal))
            {
                return Path.Join(mount.Source, wished[target.Length..]);
            }
        }

        return Path.GetFullPath(wished, directory.Work);
    }

    /// <summary>Finds the program.</summary>
    /// <exception cref="ProcessEngineException">The program or the directory does not exist.</exception>
    public static (string[] Words, string Directory) Resolve(CommandLine command, string directory, Dictionary<string, string> variables)
    {
        if (!Directory.Exists(directory))
        {
            throw new ProcessEngineException(ProcessEngineException.StartFailed, $"The directory '{directory}' to start '{command.Executable}' in does not exist.");
        }

        var path = Executables.Find(command.Executable, variables.GetValueOrDefault("PATH"), directory)
            ?? throw new ProcessEngineException(
                ProcessEngineException.StartFailed, $"There is no program '{command.Executable}' on PATH, or it may not be executed. Install it or name its full path.");
        return ([path, .. command.Arguments], directory);
    }

    public static ProcessStartInfo Info(string[] words, string directory, Dictionary<string, string> variables)
    {
        // All three streams: else .NET would tie the terminal to the process.
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
