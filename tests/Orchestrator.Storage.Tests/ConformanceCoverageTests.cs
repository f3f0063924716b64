using Orchestrator.Conformance;
using Orchestrator.Conformance.Tasks;

namespace Orchestrator.Storage.Tests;

public sealed class ConformanceCoverageTests
{
    [Fact]
    public void Every_suite_is_derived_for_SQLite()
    {
        Assert.Empty(ConformanceCoverage.Missing(typeof(ConformanceCoverageTests).Assembly));
    }

    [Fact]
    public void Suites_that_are_not_derived_are_named()
    {
        Assert.Contains(nameof(TaskAddingConformanceTests), ConformanceCoverage.Missing(typeof(Assert).Assembly));
    }
}
