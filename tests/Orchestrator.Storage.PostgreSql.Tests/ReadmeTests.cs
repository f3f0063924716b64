using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orchestrator.Auditing;
using Orchestrator.Testing;

namespace Orchestrator.Storage.PostgreSql.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_readme_shows_code_that_compiles() => Assert.Empty(ReadmeSnippets.Stale(
        RepositoryRoot.Combine("src", "Orchestrator.Storage.PostgreSql", "README.md"), RepositoryRoot.Combine("tests", "Orchestrator.Storage.PostgreSql.Tests")));

    [Fact]
    [Trait("Engine", "Postgres")]
    public async Task The_smallest_program_runs()
    {
        var name = $"readme_{Environment.ProcessId}";
        TestServer.Execute(Engines.PostgresConnectionString, $"CREATE DATABASE {name}");
        var connectionString = new NpgsqlConnectionStringBuilder(Engines.PostgresConnectionString) { Database = name }.ConnectionString;
        try
        {
            #region snippet: postgresql-smallest
            var services = new ServiceCollection();
            services.AddOrchestratorStorage().UsePostgreSql(connectionString);
            await using var provider = services.BuildServiceProvider();

            var log = provider.GetRequiredService<IOperationLog>();
            await log.AppendAsync(new Operation { Name = "deploy.started", Message = "Version 7" }, CancellationToken.None);
            var chain = await log.VerifyAsync(CancellationToken.None);
            #endregion

            Assert.Equal(new ChainVerification(true, 1), chain);
        }
        finally
        {
            TestServer.Execute(Engines.PostgresConnectionString, $"DROP DATABASE {name} WITH (FORCE)");
        }
    }
}
