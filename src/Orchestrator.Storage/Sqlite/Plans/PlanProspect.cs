namespace Orchestrator.Storage.Sqlite.Plans;

/// <summary>What becomes of a task's condition.</summary>
internal enum PlanProspect
{
    /// <summary>It may still come true.</summary>
    Open = 0,

    /// <summary>It came true.</summary>
    Met,

    /// <summary>It cannot come true any more.</summary>
    Unmet,
}
