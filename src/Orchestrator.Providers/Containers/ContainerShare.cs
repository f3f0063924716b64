using System.Security.Cryptography;
using System.Text;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Containers;

/// <summary>
/// The directory that one instance shares with this machine, and the workspace of one execution in it: moved there and back by renaming, so that nothing is copied and no path differs within.
/// </summary>
/// <remarks>Used by one execution at a time. What a crash leaves in it goes with the next execution or with the instance.</remarks>
internal sealed class ContainerShare(string root, AgentWorkspace workspace)
{
    /// <summary>Stands for the instance's name.</summary>
    public const string Placeholder = "{instance}";

    private const int CrossDevice = 18;
    private const int MaxSocketBytes = 107;

    private readonly (string From, string To)[] _moves =
    [
        (workspace.Directory, Path.Combine(root, "tree")),
        (workspace.HomeDirectory, Path.Combine(root, "home")),
        (workspace.TemporaryDirectory, Path.Combine(root, "tmp")),
    ];

    /// <summary>The workspace where the program finds it.</summary>
    public AgentWorkspace Workspace => workspace with { Directory = _moves[0].To, HomeDirectory = _moves[1].To, TemporaryDirectory = _moves[2].To };

    /// <summary>Whether the instance has its directory: it goes with the instance.</summary>
    public bool Exists => Directory.Exists(root);

    /// <summary>The socket of the credential proxy.</summary>
    public string SocketPath => Path.Combine(root, "proxy");

    /// <summary>Empties the directory and moves the workspace in.</summary>
    /// <exception cref="ContainerShareException">It cannot be done; the workspace is where it was.</exception>
    public void Enter()
    {
        try
        {
            Check();
            foreach (var entry in Directory.EnumerateFileSystemEntries(root).ToList())
            {
                Empty(entry);
            }

            foreach (var (from, to) in _moves)
            {
                Directory.Move(from, to);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or WorkspaceException)
        {
            Leave();
            throw new ContainerShareException(
                exception.HResult == CrossDevice
                    ? $"The workspaces and the containers' directory {root} are on different file systems, between which nothing can be renamed: put them on one."
                    : $"The workspace cannot be moved into {root}: {exception.Message}",
                exception);
        }
    }

    /// <summary>Gives what is in it to the container's user, who is its owner. Only root can, and only for root is it somebody else.</summary>
    public void GiveToContainer() => FileOwners.Copy(root, [.. _moves.Select(move => move.To), .. File.Exists(SocketPath) ? (string[])[SocketPath] : []]);

    /// <summary>Moves the workspace back, as far as it is there. What still runs in the container may change it until that has ended; only then <see cref="TryTake"/>.</summary>
    public void Leave()
    {
        foreach (var (from, to) in _moves.Where(move => !Path.Exists(move.From)))
        {
            if (!TryMove(to, from) && IsDirectory(to) && TryOpen(to))
            {
                TryMove(to, from);
            }
        }
    }

    /// <summary>Leaves it to the instance after all, to be removed with it: what cannot be ended may change it at any time.</summary>
    public void Abandon()
    {
        foreach (var (from, to) in _moves)
        {
            TryMove(from, $"{to}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}"); // Its own name may be taken again.
        }
    }

    /// <summary>Makes what is back the workspace again. Nothing may run in the container any more.</summary>
    /// <returns>Whether the tree is back; when not, the instance has gone and taken it along, or the program put something else in its place, such as a link.</returns>
    /// <exception cref="WorkspaceException">It cannot be given to the owner of the workspace.</exception>
    /// <exception cref="IOException">What is missing of it cannot be made anew.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public bool TryTake()
    {
        if (!IsDirectory(workspace.Directory))
        {
            return false;
        }

        foreach (var (lost, _) in _moves.Where(move => !IsDirectory(move.From)))
        {
            Empty(lost); // The program may do away with its home: the next one finds an empty one.
            WorkspaceLayout.Create(lost);
        }

        FileOwners.Copy(Path.GetDirectoryName(workspace.Directory)!, [.. _moves.Select(move => move.From)]);
        return true;
    }

    /// <summary>What the program closed can be moved only by root. Should a link be put there at this moment, something of this user's becomes open to this user.</summary>
    private bool TryOpen(string directory)
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            return false;
        }

        try
        {
            foreach (var closed in (string[])[root, directory])
            {
                File.SetUnixFileMode(closed, File.GetUnixFileMode(closed) | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsDirectory(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };

    private static bool TryMove(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // What is missing is found out by whoever takes it.
        }
    }

    private static void Empty(string entry)
    {
        if (Directory.Exists(entry) && new FileInfo(entry).LinkTarget is null)
        {
            TreeDeletion.Delete(entry);
        }
        else
        {
            File.Delete(entry);
        }
    }

    private void Check()
    {
        if (!Exists)
        {
            throw new ContainerShareException($"The instance has no directory {root}: give its pool a mount whose source and target are the configured directory, ending with {Placeholder}.");
        }

        if (OperatingSystem.IsLinux() && FileIdentity.OfName(root).Owner is 0)
        {
            throw new ContainerShareException($"{root} belongs to root, so the container runs as root: give its pool a user of its own.");
        }

        if (Encoding.UTF8.GetByteCount(SocketPath) > MaxSocketBytes)
        {
            throw new ContainerShareException($"{SocketPath} is too long for the name of a socket: use a shorter directory or a shorter name of the pool.");
        }
    }
}
