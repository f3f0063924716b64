using Orchestrator.Cli.Output;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Cli.Commands.Doctor;

/// <summary>What this machine can hold agents back with, and what it leaves open.</summary>
internal static class SandboxChecks
{
    private const string ControlGroupRoot = "/sys/fs/cgroup";
    private const string DockerSocket = "/var/run/docker.sock";

    public static IEnumerable<DoctorCheck> All()
    {
        yield return Confinement();
        yield return new DoctorCheck("containment", ProcessContainment.IsComplete, Required: false, ProcessContainment.Description, "run where this user may make control groups: as root, under systemd, or in a container");
        yield return ControlGroups(ControlGroupRoot);
        yield return Docker(Environment.GetEnvironmentVariable("DOCKER_HOST"), DockerSocket);
    }

    /// <summary>Whether there is cgroup v2, and whether its groups can be killed as a whole.</summary>
    public static DoctorCheck ControlGroups(string root)
    {
        var isThere = File.Exists(Path.Combine(root, "cgroup.controllers"));
        var usable = ProcessContainment.IsComplete ? "this user may make groups" : "this user may not make groups";

        // The root group has no file cgroup.kill, its children have, since Linux 5.14.
        var kills = isThere && Array.Exists(Children(root), child => File.Exists(Path.Combine(child, "cgroup.kill")));
        return new DoctorCheck(
            "cgroup v2", isThere, Required: false,
            isThere ? $"{root}: {usable}; {(kills ? "cgroup.kill ends a group at once" : "no cgroup.kill: a group's processes are killed one by one")}" : "not mounted",
            "a Linux with the unified hierarchy: systemd.unified_cgroup_hierarchy=1");
    }

    /// <summary>Whether a Docker daemon can be reached by whoever runs as this user, agents included.</summary>
    public static DoctorCheck Docker(string? host, string socket)
    {
        var found = !string.IsNullOrEmpty(host) ? "DOCKER_HOST is set" : File.Exists(socket) ? socket : null;
        return new DoctorCheck(
            "docker", found is not null, Required: false,
            found is null ? "no socket: agents cannot ask Docker for anything" : $"{found}: whoever may use it, an agent of this user too, can reach the whole machine through it",
            "needed only for work in containers");
    }

    private static DoctorCheck Confinement()
    {
        var supported = WriteConfinement.IsSupported;
        return new DoctorCheck(
            "confinement", supported, Required: false,
            supported ? $"{WriteConfinement.Description}: agents can write to their workspace only" : "not available: writes outside a workspace are found, not prevented",
            "Linux 5.13 or newer with Landlock switched on (lsm=landlock,…)");
    }

    private static string[] Children(string root)
    {
        try
        {
            return Directory.GetDirectories(root);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
