using Orchestrator.Conformance.Model;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance;

/// <summary>
/// Fewer programs than with SQLite: each takes some 60 ms of processor time here, half of it in the server, because every statement goes to another process and back and
/// a process that starts anew connects and plans its statements anew. Two cores do some 6,000 in four to five minutes, also when they are not alone.
/// <c>ORCHESTRATOR_MODEL_PROGRAMS=10000</c> runs them all.
/// </summary>
[Trait("Engine", "Postgres")]
public sealed class PostgreSqlTaskModelTests : TaskModelConformanceTests
{
    protected override int Programs => 6_000;

    protected override ModelDatabase Create() => PostgresSchema.NewModel();
}
