using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Containers.Pools;

/// <summary>
/// The directories of the host that one instance alone sees: mounts whose source ends with <c>{instance}</c>. Each is made, empty, before its instance, and is gone after it.
/// </summary>
/// <remarks>
/// Calls about one instance do not overlap. A directory that goes is renamed first: whoever moves something out of it at that moment gets all of it or nothing.
/// Beside each lies an empty file that says whose it is, out of the instance's reach: other orchestrators may share the parent, and have pools of the same name.
/// </remarks>
internal sealed class InstanceDirectories(ContainerPoolOptions options, string owner, string pool)
{
    /// <summary>Stands for the instance's name in the source and the target of a mount.</summary>
    public const string Placeholder = "{instance}";

    private const string Gone = ".gone-";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _mark = $".of-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{owner}\n{pool}")).AsSpan(0, 8))}-";
    private readonly string[] _sources = [.. options.Mounts.Where(IsOwn).Select(mount => mount.Source)];

    /// <summary>Whether instances have directories of their own.</summary>
    public static bool AreUsed(ContainerPoolOptions options) => options.Mounts.Any(IsOwn);

    /// <summary>Whether instances of this pool have some.</summary>
    public bool Any => _sources.Length > 0;

    /// <summary>Who instances run as; <see langword="null"/> for the image's own user.</summary>
    public static string? UserOf(ContainerPoolOptions options) => options.User ?? (AreUsed(options) ? InstanceOwner.Default.ToString() : null);

    /// <summary>A mount as one instance has it.</summary>
    public static ContainerMount Of(ContainerMount mount, string instance) => mount with
    {
        Source = mount.Source.Replace(Placeholder, instance, StringComparison.Ordinal),
        Target = mount.Target.Replace(Placeholder, instance, StringComparison.Ordinal),
    };

    /// <summary>Makes those of an instance: empty, for its user alone.</summary>
    /// <exception cref="IOException">They cannot be made.</exception>
    /// <exception cref="OperationCanceledException">It is no longer wanted: the instance may be made anew by now.</exception>
    public void Make(string instance, CancellationToken cancellationToken)
    {
        foreach (var source in _sources)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var directory = source.Replace(Placeholder, instance, StringComparison.Ordinal);
            Remove(directory, instance);
            cancellationToken.ThrowIfCancellationRequested();
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
                Mark(directory, instance);
                Directory.CreateDirectory(directory);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(directory)!, Private);
            Mark(directory, instance);
            Directory.CreateDirectory(directory, Private);
            InstanceOwner.Parse(UserOf(options)!)?.Take(directory);
        }
    }

    /// <summary>Removes those of an instance.</summary>
    /// <exception cref="IOException">They cannot be removed.</exception>
    public void Remove(string instance, CancellationToken cancellationToken)
    {
        foreach (var source in _sources.Where(_ => IsOfPool(instance)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var directory = source.Replace(Placeholder, instance, StringComparison.Ordinal);
            Remove(directory, instance);
            File.Delete(MarkOf(directory, instance));
        }
    }

    /// <summary>Removes those of the pool's instances that are not there any more. Only for when none is being made.</summary>
    public void Sweep(IReadOnlySet<string> instances, CancellationToken cancellationToken)
    {
        foreach (var parent in _sources.Select(source => Path.GetDirectoryName(source)!).Where(Directory.Exists))
        {
            foreach (var name in Directory.GetFiles(parent, _mark + "*").Select(file => Path.GetFileName(file)[_mark.Length..]).Where(IsOfPool))
            {
                if (instances.Contains(name))
                {
                    Delete(Path.Combine(parent, Gone + name)); // Of an earlier life.
                }
                else
                {
                    Remove(name, cancellationToken);
                }
            }
        }
    }

    private void Mark(string directory, string instance) => File.WriteAllBytes(MarkOf(directory, instance), []);

    private string MarkOf(string directory, string instance) => Path.Combine(Path.GetDirectoryName(directory)!, _mark + instance);

    private static bool IsOwn(ContainerMount? mount) => mount?.Source?.Contains(Placeholder, StringComparison.Ordinal) == true;

    /// <summary>Whether the pool gives such names: nothing else becomes a part of a path.</summary>
    private bool IsOfPool(string name) =>
        name.Length == pool.Length + 9 && name.StartsWith(pool + "-", StringComparison.Ordinal) && name[^8..].All(char.IsAsciiHexDigitLower);

    private static void Remove(string directory, string instance)
    {
        var gone = Path.Combine(Path.GetDirectoryName(directory)!, Gone + instance);
        Delete(gone);
        if (directory != gone && Directory.Exists(directory))
        {
            Directory.Move(directory, gone);
            Delete(gone);
        }
    }

    private static void Delete(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException && !OperatingSystem.IsWindows())
        {
            // What ran in it may have closed directories, or nested them until no path reaches the innermost. These programs go step by step.
            Run("/bin/chmod", "-R", "u+rwX", "--", directory);
            Run("/bin/rm", "-rf", "--", directory);
            if (Directory.Exists(directory))
            {
                throw new IOException($"{directory} cannot be removed.", error);
            }
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true });
            process!.StandardError.ReadToEnd();
            process.WaitForExit();
        }
        catch (Win32Exception)
        {
            // Not there: what is left tells.
        }
    }
}
