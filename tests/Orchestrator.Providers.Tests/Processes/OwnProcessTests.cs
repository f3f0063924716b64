using System.Globalization;

namespace Orchestrator.Providers.Processes;

/// <summary>One after the other: what one hides, the next must find.</summary>
public sealed class OwnProcessTests
{
    [Fact]
    public async Task A_program_of_the_same_user_cannot_read_the_environment_and_memory_of_a_host_that_hides()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no /proc.");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Root reads everything: run it as an ordinary user.");
        var script = string.Create(CultureInfo.InvariantCulture, $"for file in environ maps mem; do head -c 1 /proc/{Environment.ProcessId}/$file >/dev/null 2>&1 && echo $file; done; test -r /proc/self/environ && echo own");
        var (open, _, _) = await Shell.RunAsync(Shell.Request(script, Shell.NewId()));
        try
        {
            Assert.True(OwnProcess.TryHide());

            var (hidden, _, _) = await Shell.RunAsync(Shell.Request(script, Shell.NewId()));

            Assert.Contains("environ", open);
            Assert.Equal(["own"], hidden);
        }
        finally
        {
            OwnProcess.Show();
        }
    }

    [Fact]
    public async Task A_confined_program_cannot_read_the_environment_and_memory_of_what_is_outside()
    {
        Assert.SkipUnless(WriteConfinement.IsSupported, WriteConfinement.Description);
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Newer kernels let root read all memory, whatever confines it.");
        var request = Shell.Request($"for file in environ maps; do head -c 1 /proc/{Environment.ProcessId}/$file >/dev/null 2>&1 && echo $file; done", Shell.NewId());

        var (outside, _, _) = await Shell.RunAsync(request);
        var (confined, _, _) = await Shell.RunAsync(request with { WritablePaths = WriteConfinement.Devices });

        Assert.Equal(["environ", "maps"], outside);
        Assert.Empty(confined);
    }
}
