using Orchestrator.Conformance;

namespace Orchestrator.Storage.PostgreSql.Tests;

public sealed class ConformanceCoverageTests
{
    [Fact]
    public void Every_suite_is_derived_for_PostgreSQL()
    {
        Assert.Empty(ConformanceCoverage.Missing(typeof(ConformanceCoverageTests).Assembly));
    }
}
