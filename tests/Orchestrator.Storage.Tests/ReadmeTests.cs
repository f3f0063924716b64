using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Auditing;
using Orchestrator.Testing;

namespace Orchestrator.Storage.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_readme_shows_code_that_compiles()
    {
        Assert.Empty(ReadmeSnippets.Stale(RepositoryRoot.Combine("src", "Orchestrator.Storage", "README.md"), RepositoryRoot.Combine("tests", "Orchestrator.Storage.Tests")));
    }

    [Fact]
    public async Task The_smallest_program_runs()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Combine("orchestrator.db");

        #region snippet: storage-smallest
        var services = new ServiceCollection();
        services.AddOrchestratorStorage().UseSqlite(path);
        await using var provider = services.BuildServiceProvider();

        var log = provider.GetRequiredService<IOperationLog>();
        await log.AppendAsync(new Operation { Name = "deploy.started", Message = "Version 7" }, CancellationToken.None);
        var chain = await log.VerifyAsync(CancellationToken.None);
        #endregion

        Assert.Equal(new ChainVerification(true, 1), chain);
    }
}
