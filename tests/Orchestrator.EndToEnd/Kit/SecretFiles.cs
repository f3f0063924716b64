namespace Orchestrator.EndToEnd.Kit;

/// <summary>Writes files that hold secrets, as a user would.</summary>
internal static class SecretFiles
{
    /// <summary>Writes a secrets file that only this user can read; returns its path.</summary>
    public static string WriteSecrets(this CliRig rig, string text)
    {
        var path = Path.Combine(rig.Root, "secrets.env");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
        return path;
    }
}
