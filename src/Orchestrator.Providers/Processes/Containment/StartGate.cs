using System.Diagnostics;

namespace Orchestrator.Providers.Processes;

/// <summary>
/// Holds a process back before its program's first instruction, until it is in its control group: whatever it starts is then in the group too. A shell reads the
/// first byte of its input, a line end of ours, and runs the program in place of itself.
/// </summary>
internal static class StartGate
{
    private const string Shell = "/bin/sh";

    // What shells set for themselves.
    private static readonly string[] ShellVariables = ["PWD", "OLDPWD", "SHLVL"];

    private static readonly bool HasShell = File.Exists(Shell);

    /// <summary>What is put before a command. Nothing where there is no shell, or where it would drop a variable because of its name: then the process is moved while it starts.</summary>
    public static string[] Prefix(IEnumerable<string> variables)
    {
        var names = variables.ToHashSet(StringComparer.Ordinal);
        if (!HasShell || !names.All(IsShellName))
        {
            return [];
        }

        var unset = string.Concat(ShellVariables.Where(name => !names.Contains(name)).Select(static name => $"unset {name} && "));
        return [Shell, "-c", $"read -r orchestrator_gate && {unset}exec \"$@\"", "orchestrator-gate"];
    }

    /// <summary>Lets it go on.</summary>
    public static void Open(Process process)
    {
        try
        {
            var input = process.StandardInput.BaseStream;
            input.Write("\n"u8);
            input.Flush();
        }
        catch (IOException)
        {
            // It has ended already: its exit code tells.
        }
    }

    private static bool IsShellName(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
