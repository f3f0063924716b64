namespace Orchestrator.Providers;

/// <summary>Names of capabilities that providers declare and tasks require. The set is open: hosts may add their own names.</summary>
public static class ProviderCapabilities
{
    /// <summary>Changes existing files.</summary>
    public const string Edit = "edit";

    /// <summary>Understands instructions in prose; a command does not.</summary>
    public const string Instructions = "instructions";

    /// <summary>Runs commands in the workspace.</summary>
    public const string Shell = "shell";

    /// <summary>Proposes a plan and waits for approval.</summary>
    public const string PlanApproval = "plan-approval";

    /// <summary>Can continue an earlier session.</summary>
    public const string Resume = "resume";

    /// <summary>Can open pull requests by itself.</summary>
    public const string PullRequest = "pull-request";

    /// <summary>Gives the same result for the same tree every time.</summary>
    public const string Deterministic = "deterministic";
}
