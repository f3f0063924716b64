using System.Reflection;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>Where the build put the programs that the tests run.</summary>
internal static class BuiltPrograms
{
    public static string Cli => Find("Orchestrator.Cli");

    public static string ConsoleHost => Find("ConsoleHost");

    public static string WebHost => Find("WebHost");

    public static string HealthAudit => Find("HealthAudit");

    private static string Find(string name)
    {
        var path = Path.Combine(Metadata("ArtifactsPath"), "bin", name, Metadata("Configuration"), name + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{name} was not built: build tests/Orchestrator.EndToEnd.", path);
    }

    private static string Metadata(string key) =>
        typeof(BuiltPrograms).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
