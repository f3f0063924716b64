namespace Orchestrator.Cli;

/// <summary>The exit codes of the command, as its help lists them.</summary>
internal static class ExitCodes
{
    /// <summary>The task was applied and verified, or the command did what it was asked.</summary>
    public const int Success = 0;

    /// <summary>The task failed; nothing was changed, or the tree was restored.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>The result was delivered, but there was no verify command to ask.</summary>
    public const int Unverified = 3;

    /// <summary>Interrupted.</summary>
    public const int Cancelled = 130;
}
