using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Cli.Configuration;

/// <summary>
/// Whose the containers of this process are. Several processes of one state directory run at the same time, and none may take or remove another's containers: each claims a number, which the
/// operating system keeps locked for as long as the process lives. Who claims the number of a process that died removes what that left.
/// </summary>
internal sealed class ContainerClaim : IDisposable
{
    private const int MaxClaims = 1000;

    private readonly FileStream _lock;

    private ContainerClaim(FileStream claimed, string owner, string directory) => (_lock, Owner, Directory) = (claimed, owner, directory);

    /// <summary>The balancer's owner.</summary>
    public string Owner { get; }

    /// <summary>Where its containers share directories with this machine.</summary>
    public string Directory { get; }

    /// <exception cref="IOException">There are too many processes, or the directory cannot be written.</exception>
    public static ContainerClaim Take(string stateDirectory)
    {
        var root = System.IO.Directory.CreateDirectory(Path.Combine(stateDirectory, "containers")).FullName;
        var state = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)).AsSpan(0, 6));
        for (var number = 0; number < MaxClaims; number++)
        {
            var name = number.ToString(CultureInfo.InvariantCulture);
            if (TryLock(Path.Combine(root, name + ".lock")) is { } claimed)
            {
                return new ContainerClaim(claimed, $"orchestrator-{state}-{name}", Path.Combine(root, name));
            }
        }

        throw new IOException($"{MaxClaims} processes use containers with the state directory {stateDirectory} already.");
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (error.GetType() == typeof(IOException))
        {
            return null; // Somebody has it.
        }
    }
}
