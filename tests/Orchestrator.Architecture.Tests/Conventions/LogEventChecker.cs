using System.Reflection;
using System.Text.RegularExpressions;

using Microsoft.Extensions.Logging;

namespace Orchestrator.Architecture.Tests.Conventions;

/// <summary>Event ids are a contract with those who filter logs: unique, in the range of the package, and listed.</summary>
internal static class LogEventChecker
{
    public const int RangeLength = 100;

    public static readonly IReadOnlyDictionary<string, int> FirstId = new Dictionary<string, int>
    {
        ["Orchestrator.Routing"] = 1000,
        ["Orchestrator.Queue"] = 1100,
        ["Orchestrator.Patching"] = 1200,
        ["Orchestrator.Containers"] = 1300,
        ["Orchestrator.Providers"] = 1400,
        ["Orchestrator.Workflow"] = 1500,
        ["Orchestrator.Storage"] = 1600,
        ["Orchestrator.Hosting"] = 1700,
        ["Orchestrator.AspNetCore"] = 1800,
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
        var outside = all.Where(log => !IsInRange(log)).Select(log => FirstId.TryGetValue(log.Package, out var first)
            ? $"{log.Package}: event {log.Id} {log.Name} is outside the package's range {first} to {first + RangeLength - 1}"
            : $"{log.Package}: event {log.Id} {log.Name}, but the package has no range of ids");
        var twice = all.GroupBy(log => log.Id).Where(group => group.Count() > 1)
            .Select(group => $"event id {group.Key} is used {group.Count()} times: {string.Join(", ", group.Select(log => $"{log.Package} {log.Name}"))}");
        var unlisted = all.Where(log => !Regex.IsMatch(diagnostics, $@"\b{log.Id}\b.*\b{Regex.Escape(log.Name)}\b"))
            .Select(log => $"{log.Package}: event {log.Id} {log.Name} is not listed in docs/diagnostics.md on a line with its id and its name");
        return [.. outside, .. twice, .. unlisted];
    }

    private static bool IsInRange(LogEvent log) => FirstId.TryGetValue(log.Package, out var first) && log.Id >= first && log.Id < first + RangeLength;
}
