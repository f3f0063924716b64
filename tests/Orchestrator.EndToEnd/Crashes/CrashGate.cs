using System.Diagnostics;

namespace Orchestrator.EndToEnd.Crashes;

/// <summary>Two named pipes at which a script stops: it says that it is there, and waits until it is let through.</summary>
internal sealed class CrashGate(string folder)
{
    private string Gate => Path.Combine(folder, "gate");

    private string Reached => Path.Combine(folder, "reached");

    public void Close()
    {
        using var process = Process.Start("mkfifo", [Gate, Reached]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Waits until a script stands at the gate.</summary>
    public Task ReachedAsync() => Task.Run(() => File.ReadAllText(Reached)).WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>Lets the script that stands there through.</summary>
    public Task ReleaseAsync() => Task.Run(() => File.WriteAllText(Gate, "go\n")).WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>Scripts that come later do not stop; one that stands there stays there.</summary>
    public void Open()
    {
        File.Delete(Gate);
        File.Delete(Reached);
    }
}
