namespace Orchestrator.Patching;

/// <summary>A patch that makes a file which cannot be parsed.</summary>
internal static class BreakingPatch
{
    public static byte[] Bytes { get; } = "--- /dev/null\n+++ b/src/A.cs\n@@ -0,0 +1 @@\n+class A {\n"u8.ToArray();
}
