namespace Orchestrator.Conformance.Model;

/// <summary>How a program failed.</summary>
/// <param name="Steps">The program.</param>
/// <param name="Reason">What was wrong.</param>
/// <param name="Trace">What happened until then.</param>
internal sealed record ModelFailure(IReadOnlyList<ModelStep> Steps, string Reason, IReadOnlyList<string> Trace)
{
    /// <summary>A report with all that is needed to run the program again.</summary>
    public string Describe(int seed) => $"""
        Program {seed}: {Reason}
        Run it again with ORCHESTRATOR_MODEL_REPLAY="{ModelProgram.Write(Steps)}"
        {string.Join(Environment.NewLine, Trace)}
        """;
}
