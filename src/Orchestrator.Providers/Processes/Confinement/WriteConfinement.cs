using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Orchestrator.Providers.Processes;

/// <summary>Starts processes that can read everything the user can, but write only beneath named paths. The kernel keeps it, for all that they start in turn.</summary>
/// <remarks>
/// Creating sockets (never files) in <c>/tmp</c> stays allowed, because .NET's own tools need it. What a process asks a program outside to do, over a socket,
/// is not held back.
/// </remarks>
public static class WriteConfinement
{
    private static readonly Lazy<int> Version = new(Landlock.ProbeVersion);

    /// <summary>The device files that ordinary programs write to, and the terminals that they make. Nothing else below <c>/dev</c>, where disks and memory are.</summary>
    /// <remarks>
    /// Not <c>/dev/shm</c>: what is put there is no device but files, which outlive the run and which every other run could read, and no file tells whose run made it, so
    /// that they could not be removed either. Who needs it (semaphores of Python's <c>multiprocessing</c>, a browser without <c>--disable-dev-shm-usage</c>) names it as a writable path.
    /// </remarks>
    internal static IReadOnlyList<string> Devices { get; } =
        ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/dev/pts"];

    /// <summary>Whether this system can confine writes: Linux 5.13 or later with Landlock switched on.</summary>
    public static bool IsSupported => Version.Value > 0;

    /// <summary>Why writes are, or are not, confined here; for people.</summary>
    public static string Description => IsSupported
        ? $"writes are confined by Landlock (version {Version.Value})"
        : "writes are not confined: this needs Linux 5.13 or later with Landlock switched on";

    /// <summary>
    /// Starts a process from a thread that has confined itself: Landlock binds the calling thread and is inherited over fork and exec, and the thread ends
    /// right after. The wait is for a fork and an exec only.
    /// </summary>
    internal static void Start(Process process, IReadOnlyList<string> writablePaths)
    {
        // The runtime starts its signal thread with the first child; were that the confined thread, the signal thread would be confined for ever.
        if (!OperatingSystem.IsWindows())
        {
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, static _ => { }).Dispose();
        }

        Exception? failure = null;
        var thread = new Thread(() =>
        {
            // Nothing here may queue work: a thread that the pool starts from here would inherit the confinement.
            try
            {
                Landlock.RestrictCurrentThread(Version.Value, writablePaths);
                process.Start();
            }
#pragma warning disable CA1031 // Handed to the caller below; a thread must not end by an exception.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }
        })
        { IsBackground = true, Name = "orchestrator confined start" };
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }
}
