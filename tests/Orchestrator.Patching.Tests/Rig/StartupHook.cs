using Orchestrator.Patching;

/// <summary>What the runtime calls before the program, when it is told to: how this executable is another process that can be killed. Name and place are the runtime's.</summary>
internal static class StartupHook
{
    public static void Initialize() => CrashProcess.RunIfAsked();
}
