using Orchestrator.Testing;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>Git repositories as users have them.</summary>
internal static class SampleRepositories
{
    public const string Hello = "line one\nline two\nline three\n";

    /// <summary>One commit with <c>hello.txt</c>.</summary>
    public static GitRepository WithHello()
    {
        var repository = GitRepository.Init();
        repository.Write("hello.txt", Hello);
        repository.Commit("Begin");
        return repository;
    }

    /// <summary>A copy of the bundled C# repository, committed.</summary>
    public static GitRepository Inventory()
    {
        var repository = GitRepository.Init();
        var source = RepositoryRoot.Combine("samples", "repositories", "Inventory");
        foreach (var file in Directory.EnumerateFiles(source))
        {
            repository.Write(Path.GetFileName(file), File.ReadAllBytes(file));
        }

        repository.Commit("Begin");
        return repository;
    }

    /// <summary>Everything of <c>.git</c> that says what is committed, staged and hooked; the object store may grow.</summary>
    public static string Refs(this GitRepository repository) =>
        repository.Run("show-ref", "--head") + repository.Run("ls-files", "--stage") + string.Join('\n', Directory.EnumerateFiles(repository.Combine(".git/hooks")).Order(StringComparer.Ordinal));
}
