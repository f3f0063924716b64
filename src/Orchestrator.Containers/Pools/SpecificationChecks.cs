namespace Orchestrator.Containers.Pools;

/// <summary>Checks what the instances of a pool are made of.</summary>
internal static class SpecificationChecks
{
    private static readonly string[] SocketNames = ["docker.sock", "podman.sock", "containerd.sock"];

    /// <summary>Directories in which engines keep their sockets, and those above.</summary>
    private static readonly string[] SocketPlaces = ["/", "/var", "/run", "/var/run", "/run/user", "/var/run/user", "/run/podman", "/var/run/podman", "/run/containerd", "/var/run/containerd"];

    public static void Check(ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        if (string.IsNullOrWhiteSpace(pool.Image) || pool.Image.Length > 500 || pool.Image.Any(char.IsControl))
        {
            errors.Add($"{at}:{nameof(pool.Image)}", "is missing or no name of an image; set it, for example to 'factory-base:1'.");
        }

        errors.AtLeast(pool.MemoryBytes, 1, $"{at}:{nameof(pool.MemoryBytes)}");
        errors.AtLeast(pool.Cpus, 0.01, $"{at}:{nameof(pool.Cpus)}");
        errors.AtLeast(pool.MaxProcesses, 1, $"{at}:{nameof(pool.MaxProcesses)}");
        Texts(pool, at, errors);
        Ports(pool, at, errors);
        Directories(pool, at, errors);
    }

    private static void Texts(ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        if (errors.NotNull(pool.Command, $"{at}:{nameof(pool.Command)}"))
        {
            Command(pool.Command, $"{at}:{nameof(pool.Command)}", errors);
        }

        if (errors.NotNull(pool.Environment, $"{at}:{nameof(pool.Environment)}"))
        {
            foreach (var (name, value) in pool.Environment)
            {
                if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Any(char.IsControl) || value is null || value.Contains('\0', StringComparison.Ordinal))
                {
                    errors.Add($"{at}:{nameof(pool.Environment)}:{name}", "is no variable; names have no '=' and no control characters, and values no NUL.");
                }
            }
        }

        if (errors.NotNull(pool.Capabilities, $"{at}:{nameof(pool.Capabilities)}")
            && pool.Capabilities.Any(name => string.IsNullOrEmpty(name) || name == "ALL" || !name.All(c => char.IsAsciiLetterUpper(c) || c == '_')))
        {
            errors.Add($"{at}:{nameof(pool.Capabilities)}", "must name single capabilities in capitals, such as NET_BIND_SERVICE; ALL is not allowed.");
        }

        if (pool.User is { } user && (user.Length == 0 || user.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not (':' or '_' or '-' or '.'))))
        {
            errors.Add($"{at}:{nameof(pool.User)}", "is no user; use uid:gid, for example 10001:10001.");
        }

        if (pool is { User: { } owner, Mounts: not null } && InstanceDirectories.AreUsed(pool) && (InstanceOwner.Parse(owner) is not { User: not 0 } parsed || !parsed.CanBeGiven()))
        {
            errors.Add($"{at}:{nameof(pool.User)}", $"is '{owner}', who cannot be given the directories of mounts with {InstanceDirectories.Placeholder}; use numbers other than root's, such as 10001:10001, or, where this process is not root, leave it out.");
        }

        if (pool.WorkingDirectory is { } directory && !directory.StartsWith('/'))
        {
            errors.Add($"{at}:{nameof(pool.WorkingDirectory)}", $"is '{directory}'; use an absolute path in the instance.");
        }

        if (pool.Network is { } network && (network.Length == 0 || network == "host" || network.StartsWith("container:", StringComparison.Ordinal)))
        {
            errors.Add($"{at}:{nameof(pool.Network)}", $"is '{network}', with which instances would not be apart from the machine; name a network of the engine, or leave it out for none.");
        }
    }

    /// <summary>Whether an engine's socket is in it, with which an instance could do anything.</summary>
    private static bool IsWholeMachine(string source)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)).Replace('\\', '/');
        return SocketNames.Any(name => path.EndsWith(name, StringComparison.OrdinalIgnoreCase))
            || SocketPlaces.Contains(path, StringComparer.Ordinal)
            || (path.Contains("/run/user/", StringComparison.Ordinal) && Path.GetFileName(path).All(char.IsAsciiDigit));
    }

    /// <summary>A program and its arguments; none at all is fine.</summary>
    public static void Command(IList<string> command, string at, PoolErrors errors)
    {
        if (command.Count > 0 && string.IsNullOrWhiteSpace(command[0]))
        {
            errors.Add($"{at}:0", "is empty; the first element names the program.");
        }
        else if (command.Any(word => word is null || word.Contains('\0', StringComparison.Ordinal)))
        {
            errors.Add(at, "holds a word that is null or has a NUL; write each argument as a text of its own.");
        }
    }

    private static void Ports(ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        if (!errors.NotNull(pool.Ports, $"{at}:{nameof(pool.Ports)}"))
        {
            return;
        }

        for (var i = 0; i < pool.Ports.Count; i++)
        {
            errors.Between<int>(pool.Ports[i], 1, 65_535, $"{at}:{nameof(pool.Ports)}:{i}");
        }

        if (pool.Ports.Distinct().Count() != pool.Ports.Count)
        {
            errors.Add($"{at}:{nameof(pool.Ports)}", "names a port twice; name each once.");
        }
    }

    private static void Directories(ContainerPoolOptions pool, string at, PoolErrors errors)
    {
        if (errors.NotNull(pool.Mounts, $"{at}:{nameof(pool.Mounts)}"))
        {
            for (var i = 0; i < pool.Mounts.Count; i++)
            {
                var place = $"{at}:{nameof(pool.Mounts)}:{i}";
                if (pool.Mounts[i] is not { Source: { } source, Target: { } target } || !Path.IsPathFullyQualified(source) || !target.StartsWith('/'))
                {
                    errors.Add(place, "needs a Source and a Target that are absolute paths.");
                }
                else if (source.Contains(InstanceDirectories.Placeholder, StringComparison.Ordinal) && Path.GetFileName(source) != InstanceDirectories.Placeholder)
                {
                    errors.Add($"{place}:Source", $"is '{source}'; {InstanceDirectories.Placeholder} must be the whole last part of the path, as the directory comes and goes with the instance.");
                }
                else if (IsWholeMachine(source))
                {
                    errors.Add($"{place}:Source", $"is '{source}', which would give the instance the whole machine; mount only what it needs.");
                }
            }
        }

        if (errors.NotNull(pool.Tmpfs, $"{at}:{nameof(pool.Tmpfs)}"))
        {
            for (var i = 0; i < pool.Tmpfs.Count; i++)
            {
                if (pool.Tmpfs[i] is not { Target: { } target, MaxBytes: > 0 } || !target.StartsWith('/'))
                {
                    errors.Add($"{at}:{nameof(pool.Tmpfs)}:{i}", "needs a Target that is an absolute path and MaxBytes above 0.");
                }
            }
        }
    }
}
