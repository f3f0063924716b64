using Orchestrator.Tasks;

namespace Orchestrator.Routing.Selection;

/// <summary>How hard a task is taken to be.</summary>
internal static class TaskComplexities
{
    /// <summary>Instructions shorter than this, in characters, stand for a simple task.</summary>
    public const int SimpleBelow = 400;

    /// <summary>Instructions shorter than this, in characters, stand for a moderate task; longer ones for a complex one.</summary>
    public const int ModerateBelow = 4_000;

    /// <summary>The caller's word; without one, by the length of the instructions.</summary>
    public static TaskComplexity Of(AgentTask task) =>
        task.Complexity is > TaskComplexity.Unknown and <= TaskComplexity.Complex ? task.Complexity
        : task.Instructions.Length < SimpleBelow ? TaskComplexity.Simple
        : task.Instructions.Length < ModerateBelow ? TaskComplexity.Moderate
        : TaskComplexity.Complex;
}
