namespace Orchestrator.Containers.Docker.Wire;

/// <summary>A command as it is made ready.</summary>
internal sealed record CommandBody(string[] Cmd, string[] Env, string? WorkingDir, bool AttachStdin)
{
    public bool AttachStdout { get; } = true;

    public bool AttachStderr { get; } = true;
}
