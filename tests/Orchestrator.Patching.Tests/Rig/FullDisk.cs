using System.Diagnostics;
using System.Globalization;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>A small file system in memory that can be filled to the last page.</summary>
internal sealed class FullDisk : IDisposable
{
    private const int SizeKibibytes = 4096;
    private const int Block = 4096;

    private readonly TemporaryDirectory _folder = new();

    public string Path => _folder.Path;

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Mounts it; skips the test where this process may not.</summary>
    public static FullDisk Mount()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "tmpfs is Linux's");
        var disk = new FullDisk();
        if (!Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={SizeKibibytes}k"), "tmpfs", disk.Path))
        {
            disk._folder.Dispose();
            Assert.False(Engines.AreRequired && Environment.IsPrivilegedProcess, "tmpfs cannot be mounted, though this is root");
            Assert.Skip("mounting a tmpfs needs root");
        }

        return disk;
    }

    /// <summary>Leaves so much space free.</summary>
    public void Fill(int kibibytesLeft)
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[Block];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            file.SetLength(Math.Max(0, (file.Length / Block * Block) - (kibibytesLeft * 1024L)));
        }
    }

    public void Empty() => File.Delete(Filler);

    public void Dispose()
    {
        Assert.True(Run("umount", "--lazy", Path));
        _folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
