using Xunit;

namespace Orchestrator.Testing;

/// <summary>
/// Finds the outside programs that tests really run. One that is missing skips the test, or fails it where <c>ORCHESTRATOR_REQUIRE_ENGINES=1</c>.
/// </summary>
public static class Engines
{
    /// <summary>Whether a missing engine fails a test instead of skipping it.</summary>
    public static bool AreRequired => Environment.GetEnvironmentVariable("ORCHESTRATOR_REQUIRE_ENGINES") == "1";

    /// <summary>The folder that <c>eng/engines.sh</c> installs into: <c>ORCHESTRATOR_ENGINES</c>, or a folder in the user's cache.</summary>
    public static string Cache
    {
        get
        {
            var configured = Environment.GetEnvironmentVariable("ORCHESTRATOR_ENGINES");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return string.IsNullOrEmpty(configured) ? Path.Combine(home, ".cache", "orchestrator-engines") : configured;
        }
    }

    /// <summary>The connection string of the server that <c>eng/engines.sh postgres</c> started; skips or fails the test when there is none.</summary>
    public static string PostgresConnectionString => FindPostgres() ?? Missing("postgres", "eng/engines.sh postgres");

    /// <summary>
    /// The absolute path of an engine's executable (for <c>postgres</c> its connection string); skips or fails the test when it is missing.
    /// </summary>
    /// <param name="engine"><c>git</c>, <c>python3</c>, <c>node</c>, <c>codex</c>, <c>claude</c>, <c>gemini</c>, <c>copilot</c>, <c>postgres</c>, or the name of any executable on the path.</param>
    public static string Require(string engine) => Find(engine) ?? Missing(engine, $"eng/engines.sh {engine}");

    /// <summary>The absolute path of an engine's executable (for <c>postgres</c> its connection string), or null when it is missing.</summary>
    public static string? Find(string engine)
    {
        ArgumentException.ThrowIfNullOrEmpty(engine);

        return engine switch
        {
            "postgres" => FindPostgres(),
            "codex" or "claude" or "gemini" or "copilot" => InCache(engine) ?? OnPath(engine), // the version the tests were written for
            _ => OnPath(engine) ?? InCache(engine),
        };
    }

    /// <summary>The absolute path of a file or folder of the shared data; skips or fails the test when it is missing.</summary>
    public static string RequireShared(params ReadOnlySpan<string> parts)
    {
        var path = RepositoryRoot.Shared(parts);
        return Path.Exists(path) ? path : Missing($"shared data {path}", "export ORCHESTRATOR_SHARED=<folder>");
    }

    private static string Missing(string what, string install)
    {
        var reason = $"{what} is missing; install with: {install}";
        if (AreRequired)
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
        return reason;
    }

    private static string? FindPostgres()
    {
        var file = Path.Combine(Cache, "postgres.env");
        const string Variable = "ORCHESTRATOR_POSTGRES=";
        return Environment.GetEnvironmentVariable("ORCHESTRATOR_POSTGRES") is { Length: > 0 } configured
            ? configured
            : !File.Exists(file) ? null
            : Array.Find(File.ReadAllLines(file), line => line.StartsWith(Variable, StringComparison.Ordinal))?[Variable.Length..].Trim('"', '\'');
    }

    private static string? InCache(string name)
    {
        var path = Path.Combine(Cache, "bin", name);
        return File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : null;
    }

    private static string? OnPath(string name)
    {
        var names = OperatingSystem.IsWindows() ? new[] { name + ".exe", name + ".cmd" } : [name];
        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(file => Path.Combine(folder, file)))
            .FirstOrDefault(File.Exists);
    }
}
