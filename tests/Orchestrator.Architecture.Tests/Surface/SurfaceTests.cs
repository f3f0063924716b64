using Orchestrator.Testing;

namespace Orchestrator.Architecture.Tests.Surface;

public sealed class SurfaceTests
{
    [Theory]
    [MemberData(nameof(SourcePackages.All), MemberType = typeof(SourcePackages))]
    public void Every_package_has_a_README_and_an_approved_public_API(string package)
    {
        var assembly = SourcePackages.Load(package);
        var readme = RepositoryRoot.Combine("src", package, "README.md");

        Assert.True(File.Exists(readme), $"{readme} is missing");
        Assert.False(string.IsNullOrWhiteSpace(File.ReadAllText(readme)), $"{readme} is empty");
        if (assembly.EntryPoint is null || assembly.GetExportedTypes().Length > 0)
        {
            PublicApi.ShouldMatch(assembly, package);
        }
    }

    // Snippets of a package are named for themselves, so each README looks into the tests of its own package.
    [Theory]
    [MemberData(nameof(SourcePackages.All), MemberType = typeof(SourcePackages))]
    public void Code_in_the_README_of_a_package_is_code_that_compiles(string package) =>
        AssertFresh(RepositoryRoot.Combine("src", package, "README.md"), RepositoryRoot.Combine("tests", package + ".Tests"));

    [Fact]
    public void Code_in_the_first_README_is_code_that_compiles() => AssertFresh(RepositoryRoot.Combine("README.md"), RepositoryRoot.Combine("tests"));

    private static void AssertFresh(string readme, string tests)
    {
        Assert.True(File.Exists(readme), $"{readme} is missing");
        SourcePackages.AssertNone(ReadmeSnippets.Stale(readme, [RepositoryRoot.Combine("samples"), tests])
            .Select(name => $"{readme}: the block after 'snippet: {name}' is not the '#region snippet: {name}' of samples or {tests}"));
    }
}
