using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Contract;

/// <summary>The repository that the scripted model server knows how to edit.</summary>
internal static class HelloRepository
{
    public static GitRepository Create()
    {
        var repository = GitRepository.Init();
        repository.Write("hello.txt", "line one\nline two\nline three\n");
        repository.Commit("base");
        return repository;
    }
}
