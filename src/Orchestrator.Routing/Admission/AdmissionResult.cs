namespace Orchestrator.Routing;

/// <summary>What came of a request for admission.</summary>
/// <param name="Admission">What the attempt holds; empty when it was not admitted.</param>
/// <param name="Rejection">Why it was not admitted, and until when; <see langword="null"/> when it was.</param>
public readonly record struct AdmissionResult(ProviderAdmission Admission, RejectionDetail? Rejection)
{
    /// <summary>Whether the attempt may start.</summary>
    public bool IsAdmitted => !Admission.IsEmpty;
}
