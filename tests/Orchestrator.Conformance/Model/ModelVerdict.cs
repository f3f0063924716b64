namespace Orchestrator.Conformance.Model;

/// <summary>What becomes of a task of a plan.</summary>
internal enum ModelVerdict
{
    Wait,
    Release,
    Cancel,
}
