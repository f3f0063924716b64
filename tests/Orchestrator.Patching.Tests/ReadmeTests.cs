using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

public sealed class ReadmeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_snippet_in_the_readme_is_compiled() => Assert.Empty(ReadmeSnippets.Stale(
        RepositoryRoot.Combine("src", "Orchestrator.Patching", "README.md"), RepositoryRoot.Combine("tests", "Orchestrator.Patching.Tests")));

    [Fact]
    public async Task The_smallest_program_applies_and_takes_back()
    {
        using var root = new TemporaryDirectory();
        var file = root.Write("a.txt", "one\n");

        var answer = await SmallestAsync("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n"u8.ToArray(), root.Path, Token);
        var changed = await File.ReadAllTextAsync(file, Token);
        var outcome = await RevertAsync(root.Path, Token);

        Assert.Equal(("Applied", "two\n", PatchOutcome.Reverted), (answer, changed, outcome));
        Assert.Equal("one\n", await File.ReadAllTextAsync(file, Token));
        Assert.StartsWith("Line 1: The form of the patch cannot be told.", await SmallestAsync("x"u8.ToArray(), root.Path, Token), StringComparison.Ordinal);
    }

    [Fact]
    public void The_registration_resolves()
    {
        var services = new ServiceCollection();

        #region snippet: registration
        services.AddPatchManager(options =>
        {
            options.ProtectedPaths.Add(".github/workflows/**");
            options.KeepApplications = 20;
        });
        #endregion

        using var provider = services.BuildServiceProvider();
        Assert.IsType<PatchManager>(provider.GetRequiredService<IPatchManager>());
    }

    private static async Task<string> SmallestAsync(byte[] diff, string root, CancellationToken cancellationToken)
    {
        #region snippet: smallest
        var manager = new PatchManager();
        var parsed = manager.Parse(diff, taskId: "task-1");
        if (parsed.Patch is null)
        {
            return $"Line {parsed.Error!.Line}: {parsed.Error.Message}";
        }

        var applied = await manager.ApplyAsync(new PatchRequest { Id = "apply-1", Root = root, Patch = parsed.Patch }, cancellationToken);
        foreach (var conflict in applied.Conflicts)
        {
            Console.WriteLine($"{conflict.Path}: {conflict.Message}");
        }
        #endregion

        return applied.Outcome.ToString();
    }

    private static async Task<PatchOutcome> RevertAsync(string root, CancellationToken cancellationToken)
    {
        var manager = new PatchManager();
        #region snippet: revert
        await manager.RecoverAsync(root, cancellationToken);
        var reverted = await manager.RevertAsync(root, "apply-1", cancellationToken);
        #endregion
        return reverted.Outcome;
    }
}
