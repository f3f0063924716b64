using Orchestrator.Conformance.Model;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance;

/// <summary>
/// Slower than with SQLite: a program takes some 60 ms of processor time here, half of it in the server. <c>ORCHESTRATOR_MODEL_PROGRAMS</c> runs fewer.
/// </summary>
[Trait("Engine", "Postgres")]
public sealed class PostgreSqlTaskModelTests : TaskModelConformanceTests
{
    protected override ModelDatabase Create() => PostgresSchema.NewModel();
}
