using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Providers.Processes;

/// <summary>
/// A number that stands for an execution. It is set as the limit of file locks, which Linux keeps and hands on to every child but has not enforced since version 2.4:
/// a mark that costs nothing and that a program which wipes its environment and makes a session of its own still carries.
/// </summary>
internal static class ExecutionMark
{
    private const ulong Bits = (1UL << 48) - 1;
    private const ulong Floor = 1UL << 48;

    private static readonly string? Tool = OperatingSystem.IsLinux() ? new[] { "/usr/bin/prlimit", "/bin/prlimit" }.FirstOrDefault(File.Exists) : null;

    /// <summary>The highest number that a mark can be.</summary>
    public const ulong Highest = Floor | Bits;

    /// <summary>From 2^48 to 2^49, which no setting of a person is.</summary>
    public static ulong Of(string executionId) => Floor | (BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(executionId))) & Bits);

    /// <summary>What, put before a command, marks its process before its first instruction.</summary>
    public static string[] Prefix(string executionId) => Prefix(Of(executionId));

    /// <summary>Finds out whether any mark can be set here, by setting the highest: where a limit holds already, as in a run of another orchestrator, only lower ones than that can.</summary>
    public static bool Detect() => Detect([]);

    /// <summary>The same for processes that are started through a command.</summary>
    internal static bool Detect(string[] through)
    {
        try
        {
            if (Tool is null)
            {
                return false;
            }

            string[] command = [.. through, .. Prefix(Highest), "/bin/cat", "/proc/self/limits"];
            var start = new System.Diagnostics.ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using var probe = System.Diagnostics.Process.Start(start);
            var limits = probe?.StandardOutput.ReadToEnd() ?? "";
            probe?.WaitForExit();
            return IsIn(limits, Text(Highest));
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException)
        {
            return false;
        }
    }

    /// <summary>How the mark stands in the kernel's table of limits.</summary>
    public static string Text(ulong mark) => $" {mark} ";

    /// <summary>Whether a kernel's table of limits holds the mark.</summary>
    public static bool IsIn(string limits, string text) => limits.Contains(text, StringComparison.Ordinal);

    private static string[] Prefix(ulong mark) => [Tool!, $"--locks={mark}:{mark}"];
}
