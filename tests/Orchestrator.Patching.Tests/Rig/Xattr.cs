using System.Diagnostics;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Extended attributes, which .NET has no calls for.</summary>
internal static class Xattr
{
    public static void Set(string path, string name, string value) => Run("import os,sys; os.setxattr(sys.argv[1], sys.argv[2], sys.argv[3].encode())", path, name, value);

    public static string Get(string path, string name) => Run("import os,sys; print(os.getxattr(sys.argv[1], sys.argv[2]).decode(), end='')", path, name);

    private static string Run(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Engines.Require("python3"), ["-c", script, .. arguments]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
