namespace Orchestrator.Patching;

/// <summary>A patch that makes a file which cannot be parsed.</summary>
internal static class BreakingPatch
{
    public static byte[] Bytes { get; } = "--- /dev/null\n+++ b/src/a.yml\n@@ -0,0 +1 @@\n+a: [1, 2\n"u8.ToArray();
}
