namespace Orchestrator.Providers.Cli.Contract;

public sealed class OutcomeTableTests
{
    [Fact]
    public void Every_scenario_of_every_agent_has_an_outcome_or_a_reason_why_it_is_not_run()
    {
        var cells = AgentUnderTest.All.SelectMany(agent => AgentContract.Scenarios.Select(scenario => OutcomeTable.Cell(scenario, agent.Name))).ToList();

        Assert.Equal(AgentUnderTest.All.Count * AgentContract.Scenarios.Count, cells.Count);
        Assert.All(cells, cell => Assert.True(OutcomeTable.IsReason(cell) ? cell.Length > 20 : cell.Length > 3, $"The cell '{cell}' says nothing."));
    }
}
