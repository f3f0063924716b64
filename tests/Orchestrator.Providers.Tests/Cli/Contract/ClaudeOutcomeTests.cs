namespace Orchestrator.Providers.Cli.Contract;

/// <summary>The real program in every scenario of the table in docs/agents/outcomes.md.</summary>
[Trait("Engine", "Claude")]
public sealed class ClaudeOutcomeTests
{
    private const string Agent = "claude";

    public static TheoryData<string> Scenarios { get; } = [.. OutcomeTable.ScenariosOf(Agent)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_scenario_has_the_outcome_of_the_table(string scenario) =>
        OutcomeTable.Check(scenario, Agent, await AgentContract.RunAsync(AgentUnderTest.Named(Agent), scenario));
}
