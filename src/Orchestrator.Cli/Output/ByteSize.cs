using System.Globalization;

namespace Orchestrator.Cli.Output;

/// <summary>Numbers of bytes for people.</summary>
internal static class ByteSize
{
    public static string Show(long bytes) => bytes switch
    {
        < 10 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 10 * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0} MiB"),
    };
}
