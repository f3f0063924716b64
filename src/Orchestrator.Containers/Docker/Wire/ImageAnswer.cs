namespace Orchestrator.Containers.Docker.Wire;

/// <summary>An image as inspecting tells it.</summary>
internal sealed record ImageAnswer(string? Id, string[]? RepoTags, ImageAnswer.ImagePart? Config)
{
    internal sealed record ImagePart(string[]? Env, string[]? Cmd, string[]? Entrypoint, string? User);
}
