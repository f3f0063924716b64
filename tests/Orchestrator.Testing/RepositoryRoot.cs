using System.Runtime.CompilerServices;

namespace Orchestrator.Testing;

/// <summary>Finds the files of this repository from inside a test, wherever the test was built to.</summary>
public static class RepositoryRoot
{
    private static readonly Lazy<string> Root = new(() => FindAbove(ThisFile()) ?? FindAbove(AppContext.BaseDirectory)
        ?? throw new InvalidOperationException("No folder above the sources or the test executable holds Orchestrator.sln or global.json."));

    /// <summary>The absolute path of the repository's top folder.</summary>
    public static string Path => Root.Value;

    /// <summary>The absolute path of something in the repository, given by the parts of its relative path.</summary>
    public static string Combine(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>
    /// The absolute path of something in the folder of shared data: <c>ORCHESTRATOR_SHARED</c>, or <c>shared</c> beside the repository.
    /// It need not exist: see <see cref="Engines.RequireShared"/>.
    /// </summary>
    public static string Shared(params ReadOnlySpan<string> parts)
    {
        var configured = Environment.GetEnvironmentVariable("ORCHESTRATOR_SHARED");
        var folder = string.IsNullOrEmpty(configured) ? System.IO.Path.Combine(Path, "..", "shared") : configured;
        return System.IO.Path.GetFullPath(System.IO.Path.Combine([folder, .. parts]));
    }

    /// <summary>The nearest folder at or above <paramref name="start"/> that is a repository top; null when there is none.</summary>
    public static string? FindAbove(string start)
    {
        for (var folder = start; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (File.Exists(System.IO.Path.Combine(folder, "Orchestrator.sln")) || File.Exists(System.IO.Path.Combine(folder, "global.json")))
            {
                return folder;
            }
        }

        return null;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
