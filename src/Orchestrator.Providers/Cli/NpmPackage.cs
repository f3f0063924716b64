using System.Text.Json;

namespace Orchestrator.Providers.Cli;

/// <summary>The npm package that a program came in.</summary>
internal static class NpmPackage
{
    private const int LongestFile = 64 * 1024;

    /// <summary>The version in the <c>package.json</c> beside a program, links followed; <see langword="null"/> when there is none.</summary>
    public static string? VersionBeside(string program)
    {
        try
        {
            var real = File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program;
            var file = new FileInfo(Path.Combine(Path.GetDirectoryName(real)!, "package.json"));
            if (!file.Exists || file.Length > LongestFile)
            {
                return null;
            }

            using var document = JsonDocument.Parse(File.ReadAllText(file.FullName));
            return document.RootElement.Text("version");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
