namespace Orchestrator.Containers.Docker.Wire;

/// <summary>What an instance is created with.</summary>
internal sealed record ContainerBody
{
    public required string Image { get; init; }

    public string[]? Entrypoint { get; init; }

    public string[]? Cmd { get; init; }

    public required string[] Env { get; init; }

    public required Dictionary<string, string> Labels { get; init; }

    public string? User { get; init; }

    public string? WorkingDir { get; init; }

    public required Dictionary<string, Empty> ExposedPorts { get; init; }

    public required HostPart HostConfig { get; init; }

    internal sealed record HostPart
    {
        public required string NetworkMode { get; init; }

        public required MountPart[] Mounts { get; init; }

        public required Dictionary<string, string> Tmpfs { get; init; }

        public required Dictionary<string, BindingPart[]> PortBindings { get; init; }

        public required bool ReadonlyRootfs { get; init; }

        public string[] CapDrop { get; } = ["ALL"];

        public required string[] CapAdd { get; init; }

        public string[] SecurityOpt { get; } = ["no-new-privileges:true"];

        public bool Privileged { get; }

        public string IpcMode { get; } = "private";

        public bool Init { get; } = true;

        public RestartPart RestartPolicy { get; } = new("no");

        public long? Memory { get; init; }

        public long? MemorySwap { get; init; }

        public long? NanoCpus { get; init; }

        public int? PidsLimit { get; init; }

        public required LogPart LogConfig { get; init; }
    }

    internal sealed record Empty;

    internal sealed record MountPart(string Source, string Target, bool ReadOnly)
    {
        public string Type { get; } = "bind";
    }

    internal sealed record BindingPart(string HostIp, string HostPort);

    internal sealed record RestartPart(string Name);

    internal sealed record LogPart(string Type, Dictionary<string, string> Config);
}
