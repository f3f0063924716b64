using System.Diagnostics;
using System.Text;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>A file that is being written is held: who opens it meanwhile waits for that moment, and never for longer.</summary>
public sealed class FileHoldTests
{
    private const int GetLease = 1025;
    private const int WriteLease = 1;
    private const string Old = "one\ntwo\nthree\n";
    private const string New = "one\nTWO\nthree\n";
    private const string Diff = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";

    /// <summary>The system breaks a hold of its own accord after 45 seconds: what takes longer than this has waited for that.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("read")]
    [InlineData("open")]
    [InlineData("mode")]
    [InlineData("flush")]
    public async Task A_file_that_somebody_holds_is_waited_for(string operation)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "leases");
        using var root = new TemporaryDirectory();
        var path = root.Write("a.txt", Old);
        var disk = new PhysicalFileSystem();
        var handle = LinuxPath.Open(path, LinuxNative.OpenFlags.ReadWrite);
        using var file = new PhysicalFile(path, handle);
        Assert.SkipUnless(file.TryHold(), "a file system with leases");
        Action act = operation switch
        {
            "read" => () => disk.ReadFile(path, 100),
            "open" => () => disk.OpenFile(path).Dispose(),
            "mode" => () => disk.SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite),
            _ => () => disk.FlushFile(path),
        };

        var waiting = Task.Run(act, Token);
        var isAsked = SpinWait.SpinUntil(() => LinuxNative.Control(LinuxPath.Number(handle), GetLease, 0) != WriteLease, Long);
        file.Dispose();

        Assert.True(isAsked);
        await waiting;
    }

    [Fact]
    public async Task A_reader_of_another_process_waits_for_the_moment_of_writing_only_and_gets_the_whole_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "leases");
        using var root = new TemporaryDirectory();
        var path = root.Write("a.txt", Old);
        Process? reader = null;
        var files = new FaultFileSystem
        {
            Before = _ =>
            {
                if (reader is null && Directory.GetFiles(root.Path, "*.open.jrnl", SearchOption.AllDirectories).Any(static journal => new FileInfo(journal).Length > 100))
                {
                    reader = Process.Start(new ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true })!;
                    SpinWait.SpinUntil(() => reader.HasExited || File.ReadAllText("/proc/locks").Contains("BREAKING", StringComparison.Ordinal), TimeSpan.FromSeconds(5));
                }
            },
        };
        var started = Stopwatch.GetTimestamp();

        var result = await new PatchManager(files, new PatchOptions { Durability = PatchDurability.Process }).ApplyAsync(root.Path, Diff);
        var text = await reader!.StandardOutput.ReadToEndAsync(Token);
        await reader.WaitForExitAsync(Token);

        Assert.Equal((PatchOutcome.Applied, 0), (result.Outcome, reader.ExitCode));
        Assert.Contains(text, new[] { Old, New });
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Long);
        reader.Dispose();
    }

    [Fact]
    public async Task Whoever_hears_of_progress_may_read_the_tree()
    {
        using var sample = WideSample.Create();
        var root = sample.CopyOfBefore();
        var manager = new PatchManager(WideSample.Options(root));
        var read = 0;
        var progress = new Reader(() => read += Directory.GetFiles(root, "*", SearchOption.AllDirectories).Count(static path => TryRead(path)));
        var started = Stopwatch.GetTimestamp();

        var result = await manager.ApplyAsync(new PatchRequest { Id = "a1", Root = root, Patch = manager.Read(sample.Diff), Progress = progress }, Token);

        Assert.Equal(PatchOutcome.Applied, result.Outcome);
        Assert.True(read > result.Files.Count);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Long);
    }

    /// <summary>Files come and go meanwhile.</summary>
    private static bool TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.Latin1).Length > 0;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private sealed class Reader(Action read) : IProgress<PatchProgress>
    {
        public void Report(PatchProgress value) => read();
    }
}
