using System.Reflection;

namespace Orchestrator.Conformance;

/// <summary>Tells which suites an engine's test project forgot.</summary>
public static class ConformanceCoverage
{
    /// <summary>The suites of this library that no concrete class of <paramref name="tests"/> derives.</summary>
    /// <param name="tests">An engine's test assembly.</param>
    /// <returns>The names of the suites; empty when all are derived.</returns>
    public static IReadOnlyList<string> Missing(Assembly tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        var derived = tests.GetTypes().Where(type => !type.IsAbstract).ToList();
        return [.. typeof(ConformanceCoverage).Assembly.GetExportedTypes()
            .Where(type => type.IsAbstract && !type.IsSealed && type.Name.EndsWith("ConformanceTests", StringComparison.Ordinal))
            .Where(suite => !derived.Exists(suite.IsAssignableFrom))
            .Select(suite => suite.Name)
            .Order(StringComparer.Ordinal)];
    }
}
