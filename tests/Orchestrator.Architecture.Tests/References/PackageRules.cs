using System.Collections.Frozen;

namespace Orchestrator.Architecture.Tests.References;

/// <summary>
/// The arrows of docs/architecture.md. A new arrow is a decision: argue for it there, then add it here.
/// </summary>
internal static class PackageRules
{
    private const string Abstractions = "Orchestrator.Abstractions";
    private const string Storage = "Orchestrator.Storage";
    private const string Routing = "Orchestrator.Routing";
    private const string Queue = "Orchestrator.Queue";
    private const string Patching = "Orchestrator.Patching";
    private const string Containers = "Orchestrator.Containers";
    private const string Providers = "Orchestrator.Providers";
    private const string Workflow = "Orchestrator.Workflow";
    private const string Hosting = "Orchestrator.Hosting";
    private const string AspNetCore = "Orchestrator.AspNetCore";

    private const string AI = "Microsoft.Extensions.AI.Abstractions";
    // AddOrchestrator calls AddLogging, so that the assembly works bare; every host brings the package anyway.
    private const string Logging = "Microsoft.Extensions.Logging";
    private const string HostingAbstractions = "Microsoft.Extensions.Hosting.Abstractions";

    /// <summary>What any package may use to register itself and to log.</summary>
    public static readonly FrozenSet<string> Everywhere = FrozenSet.Create(
        StringComparer.Ordinal,
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options");

    public static readonly FrozenDictionary<string, PackageRule> ByPackage = new Dictionary<string, PackageRule>
    {
        [Abstractions] = new([]),
        [Storage] = new([Abstractions], "Dapper", "Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.bundle_e_sqlite3", HostingAbstractions),
        ["Orchestrator.Storage.PostgreSql"] = new([Abstractions, Storage], "Npgsql"),
        [Routing] = new([Abstractions], AI, HostingAbstractions),
        [Queue] = new([Abstractions, Storage], HostingAbstractions, "Microsoft.Extensions.Diagnostics.HealthChecks.Abstractions"),
        [Patching] = new([Abstractions]),
        ["Orchestrator.Patching.CSharp"] = new([Abstractions, Patching], "Microsoft.CodeAnalysis.CSharp"),
        ["Orchestrator.Patching.Yaml"] = new([Abstractions, Patching], "YamlDotNet"),
        [Containers] = new([Abstractions], HostingAbstractions),
        [Providers] = new([Abstractions], AI, "Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.Http", "Polly.Core"),
        [Workflow] = new([Abstractions, Storage], "Stateless"),
        [Hosting] = new([Abstractions, Storage, Routing, Queue, Patching, Containers, Providers, Workflow], HostingAbstractions, Logging),
        [AspNetCore] = new([Abstractions, Hosting], [], ["Microsoft.AspNetCore.App"]),
        ["Orchestrator.Client"] = new([Abstractions]),
        ["Orchestrator.Cli"] = new([Abstractions, Hosting, AspNetCore, "Orchestrator.Storage.PostgreSql"], "Microsoft.Extensions.Hosting", "System.CommandLine", "Spectre.Console"),
        ["Orchestrator.Agents"] = new([Abstractions, Storage], AI),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
