using System.Formats.Tar;

namespace Orchestrator.Containers.Docker;

/// <summary>File systems for images that a test makes itself.</summary>
internal static class TestImage
{
    /// <summary>A tar archive with one program: busybox under another name, which is all that it then is.</summary>
    public static MemoryStream WithBusyboxAs(string name)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, "bin/") { Mode = Mode });
            using var program = File.OpenRead(Testing.Engines.Require("busybox"));
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"bin/{name}") { Mode = Mode, DataStream = program });
        }

        archive.Position = 0;
        return archive;
    }

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
}
