using Orchestrator.Testing;

namespace Orchestrator.Architecture.Tests.Sources;

public sealed class SourceFileTests(ITestOutputHelper output)
{
    private static readonly string[] Folders = ["src", "tests", "samples", "benchmarks", "eng"];
    private static readonly string[] Patterns = ["*.cs", "*.sh", "*.sql"];

    [Fact]
    public void No_source_file_is_longer_than_400_lines()
    {
        var files = Files().ToList();
        output.WriteLine($"{files.Count} files, median {SourceFileChecker.Median(files.Select(file => file.Lines))} lines, longest:");
        foreach (var (path, lines) in files.OrderByDescending(file => file.Lines).Take(10))
        {
            output.WriteLine($"{lines,5} {path}");
        }

        Assert.NotEmpty(files);
        SourcePackages.AssertNone(SourceFileChecker.Complaints(files));
    }

    [Fact]
    public void A_file_over_the_cap_draws_a_complaint_and_one_at_the_cap_does_not()
    {
        var complaint = Assert.Single(SourceFileChecker.Complaints([("long.cs", 401), ("full.cs", 400)]));

        Assert.StartsWith("long.cs has 401 lines", complaint, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Path, int Lines)> Files() =>
        from folder in Folders.Select(name => RepositoryRoot.Combine(name)).Where(Directory.Exists)
        from pattern in Patterns
        from file in SourceTree.Files(folder, pattern)
        select (Path.GetRelativePath(RepositoryRoot.Path, file), File.ReadLines(file).Count());
}
