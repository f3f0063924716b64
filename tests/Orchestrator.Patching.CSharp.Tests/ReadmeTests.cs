using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

public sealed class ReadmeTests
{
    [Fact]
    public void Every_snippet_in_the_readme_is_compiled() => Assert.Empty(ReadmeSnippets.Stale(
        RepositoryRoot.Combine("src", "Orchestrator.Patching.CSharp", "README.md"), RepositoryRoot.Combine("tests", "Orchestrator.Patching.CSharp.Tests")));

    [Fact]
    public void The_registration_adds_the_check_once()
    {
        var services = new ServiceCollection();

        #region snippet: registration
        services.AddPatchManager().AddCSharpSyntaxCheck();
        #endregion
        services.AddPatchManager().AddCSharpSyntaxCheck();

        using var provider = services.BuildServiceProvider();
        Assert.IsType<CSharpSyntaxValidator>(Assert.Single(provider.GetRequiredService<IOptions<PatchOptions>>().Value.Validators));
        Assert.IsType<PatchManager>(provider.GetRequiredService<IPatchManager>());
    }

    [Fact]
    public async Task A_patch_that_breaks_a_file_is_refused_and_nothing_is_written()
    {
        #region snippet: options
        var options = new PatchOptions { Validators = { new CSharpSyntaxValidator() } };
        var manager = new PatchManager(options);
        #endregion
        using var root = new TemporaryDirectory();
        var patch = manager.Parse(BreakingPatch.Bytes, "task").Patch!;

        var result = await manager.ApplyAsync(new PatchRequest { Id = "a1", Root = root.Path, Patch = patch }, TestContext.Current.CancellationToken);

        Assert.Equal(PatchOutcome.Rejected, result.Outcome);
        Assert.Equal(PatchConflictCode.SyntaxError, Assert.Single(result.Conflicts).Code);
        Assert.False(Directory.Exists(root.Combine("src")));
    }
}
