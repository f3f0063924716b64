using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>A verify command said neither yes nor no, and that is not the fault of what it was asked about.</summary>
internal sealed class VerificationBrokenException(FailureClass failure, string code, string message) : OrchestratorException(code, message)
{
    /// <summary>What kind of failure of the task it is.</summary>
    public FailureClass Class => failure;

    /// <summary>Its container was lost: another one may bring the answer.</summary>
    public static VerificationBrokenException Lost(string executionId) =>
        new(FailureClass.Crashed, "hosting.verification_lost", $"The verify command of execution {executionId} ended without an exit code: its container was lost.");

    /// <summary>It must run in containers that this host does not use.</summary>
    public static VerificationBrokenException Elsewhere(string message) => new(FailureClass.Configuration, "hosting.other_containers", message);

    /// <summary>The image has no such program, whatever the agent did.</summary>
    public static VerificationBrokenException Missing(string message) =>
        new(FailureClass.Configuration, "hosting.verify_program_missing", $"{message} Verify commands run in containers here (containers:verify): put the program into the image, or name another one.");
}
