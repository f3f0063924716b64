using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Providers.Containers;

/// <summary>Settings of programs that run in leased containers instead of on this machine.</summary>
public sealed class AgentContainerOptions
{
    /// <summary>The pool of the container balancer. Its instances must take one lease at a time and mount <see cref="Directory"/>, for writing, under the same path.</summary>
    public string Pool { get; set; } = "";

    /// <summary>
    /// The directory of this machine that one instance alone sees, with <c>{instance}</c> for its name; absolute. The workspace of an execution is moved there and back by renaming, so it must be on
    /// the file system of <see cref="Workspaces.WorkspaceOptions.Directory"/>. With an instance's name and <c>/proxy</c> the path may have at most 107 bytes, as it is the name of a socket.
    /// </summary>
    public string Directory { get; set; } = "";

    /// <summary>Whether the pool's instances can reach the network. Programs whose model cannot be reached through the credential proxy run only then.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool HasNetwork { get; set; }

    /// <summary>
    /// Whether verify commands, which run what an agent wrote, run in instances too; then in a fresh workspace and with the programs of the image, wherever the result goes.
    /// </summary>
    /// <value><see langword="true"/> by default; otherwise they run on this machine, confined by nothing.</value>
    public bool RunsVerifyCommands { get; set; } = true;

    /// <summary>How long to wait for a free instance; from zero to 1 day.</summary>
    /// <value>5 minutes by default.</value>
    public TimeSpan AcquireTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The program in the image that makes the credential proxy's socket a port on the container's own loopback, with <c>{port}</c> and <c>{socket}</c>. It runs beside the agent.
    /// </summary>
    /// <value><c>socat</c> by default.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<string> Forwarder { get; set; } = ["socat", "-d", "-d", "TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,backlog=128", "UNIX-CONNECT:{socket}"];

    /// <summary>What the <see cref="Forwarder"/> prints once it listens.</summary>
    /// <value><c>listening on</c> by default.</value>
    public string ForwarderReady { get; set; } = "listening on";

    /// <summary>The port of the container's own loopback; from 1 to 65535.</summary>
    /// <value>8484 by default.</value>
    public int Port { get; set; } = 8484;
}
