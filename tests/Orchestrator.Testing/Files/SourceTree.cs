namespace Orchestrator.Testing;

/// <summary>Reads folders of sources, leaving out what a build wrote.</summary>
public static class SourceTree
{
    /// <summary>Every C# file in <paramref name="folder"/> and below, in ordinal order, without <c>bin</c>, <c>obj</c> and <c>artifacts</c>.</summary>
    public static IEnumerable<string> CSharpFiles(string folder) => Files(folder, "*.cs");

    /// <summary>Every file of <paramref name="folder"/> and below that fits <paramref name="pattern"/>, in ordinal order, without build output.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var files = Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal);
        var below = Directory.EnumerateDirectories(folder)
            .Where(path => Path.GetFileName(path) is not ("bin" or "obj" or "artifacts" or ".git" or "node_modules"))
            .Order(StringComparer.Ordinal)
            .SelectMany(path => Files(path, pattern));
        return files.Concat(below);
    }
}
