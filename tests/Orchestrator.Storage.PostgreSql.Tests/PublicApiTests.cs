using Orchestrator.Testing;

namespace Orchestrator.Storage.PostgreSql.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_the_approved_one() => PublicApi.ShouldMatch(typeof(PostgreSqlDatabase).Assembly, "Orchestrator.Storage.PostgreSql");
}
