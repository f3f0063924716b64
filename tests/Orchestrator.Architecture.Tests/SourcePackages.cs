using System.Reflection;

using Orchestrator.Testing;

namespace Orchestrator.Architecture.Tests;

/// <summary>The packages in <c>src</c>, as folders, project files and assemblies.</summary>
internal static class SourcePackages
{
    /// <summary>The names of all folders of <c>src</c> that hold a project, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Directory.EnumerateDirectories(RepositoryRoot.Combine("src"))
        .Select(folder => Path.GetFileName(folder))
        .Where(name => File.Exists(ProjectFile(name)))
        .Order(StringComparer.Ordinal)];

    public static TheoryData<string> All => [.. Names];

    public static string Folder(string name) => RepositoryRoot.Combine("src", name);

    public static string ProjectFile(string name) => RepositoryRoot.Combine("src", name, name + ".csproj");

    public static Assembly Load(string name) => Assembly.Load(new AssemblyName(name));

    /// <summary>Fails with every complaint at once.</summary>
    public static void AssertNone(IEnumerable<string> complaints)
    {
        var all = complaints.ToList();
        Assert.True(all.Count == 0, $"{all.Count} complaints:\n{string.Join('\n', all)}");
    }
}
