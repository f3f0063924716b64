using System.Text;

namespace Orchestrator.Providers.Workspaces;

/// <summary>What a git command printed.</summary>
internal sealed record GitOutput(int ExitCode, byte[] Bytes, string Error)
{
    public string Text => Encoding.UTF8.GetString(Bytes).TrimEnd('\n', '\r');

    /// <summary>The parts of a NUL-separated list.</summary>
    public string[] Items => Encoding.UTF8.GetString(Bytes).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
