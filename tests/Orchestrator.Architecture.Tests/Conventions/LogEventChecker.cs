using System.Reflection;
using System.Text.RegularExpressions;

using Microsoft.Extensions.Logging;

namespace Orchestrator.Architecture.Tests.Conventions;

/// <summary>Event ids are a contract with those who filter logs: unique, in the range of the package, and listed.</summary>
internal static class LogEventChecker
{
    /// <summary>The ids of each package, first and last.</summary>
    public static readonly IReadOnlyDictionary<string, (int First, int Last)> Ranges = new Dictionary<string, (int First, int Last)>
    {
        ["Orchestrator.Routing"] = (1000, 1099),
        ["Orchestrator.Queue"] = (1100, 1199),
        ["Orchestrator.Patching"] = (1200, 1299),
        ["Orchestrator.Containers"] = (1300, 1399),
        ["Orchestrator.Providers"] = (1400, 1499),
        ["Orchestrator.Workflow"] = (1500, 1599),
        ["Orchestrator.Storage"] = (1600, 1649),
        ["Orchestrator.Storage.PostgreSql"] = (1650, 1699),
        ["Orchestrator.Hosting"] = (1700, 1799),
        ["Orchestrator.AspNetCore"] = (1800, 1899),
    };

    public static IEnumerable<LogEvent> Find(string package, IEnumerable<Type> types) =>
        from type in types
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
        where attribute is not null
        select new LogEvent(package, attribute.EventId, attribute.EventName ?? method.Name);

    public static IEnumerable<string> Complaints(IEnumerable<LogEvent> events, string diagnostics)
    {
        var all = events.ToList();
        var outside = all.Where(log => !IsInRange(log)).Select(log => Ranges.TryGetValue(log.Package, out var range)
            ? $"{log.Package}: event {log.Id} {log.Name} is outside the package's range {range.First} to {range.Last}"
            : $"{log.Package}: event {log.Id} {log.Name}, but the package has no range of ids");
        var twice = all.GroupBy(log => log.Id).Where(group => group.Count() > 1)
            .Select(group => $"event id {group.Key} is used {group.Count()} times: {string.Join(", ", group.Select(log => $"{log.Package} {log.Name}"))}");
        var unlisted = all.Where(log => !Regex.IsMatch(diagnostics, $@"\b{log.Id}\b.*\b{Regex.Escape(log.Name)}\b"))
            .Select(log => $"{log.Package}: event {log.Id} {log.Name} is not listed in docs/diagnostics.md on a line with its id and its name");
        return [.. outside, .. twice, .. unlisted];
    }

    private static bool IsInRange(LogEvent log) => Ranges.TryGetValue(log.Package, out var range) && log.Id >= range.First && log.Id <= range.Last;
}
