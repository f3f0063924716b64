using System.CommandLine;

namespace Orchestrator.Cli.Patches;

/// <summary><c>orchestrator patch</c>: the patch engine by itself, on any directory.</summary>
internal static class PatchCommand
{
    private const string Help = "Apply patches of any form all-or-nothing, check them, take them back. Exit code 0 applied or would apply, 1 refused and nothing written, 2 usage, 3 recovery needed.";

    public static Command Create(GlobalOptions global) => new("patch", Help)
    {
        ApplyPatchCommand.Create(global),
        CheckPatchCommand.Create(global),
        UndoPatchCommand.Create(global),
        ParsePatchCommand.Create(global),
        ConvertPatchCommand.Create(global),
        RecoverPatchCommand.Create(global),
    };
}
