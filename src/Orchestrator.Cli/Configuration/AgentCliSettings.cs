using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Processes;
using Orchestrator.Routing;

namespace Orchestrator.Cli.Configuration;

/// <summary>The agent CLIs of the configuration: their kinds, those that are there without being named, and their settings.</summary>
internal static class AgentCliSettings
{
    /// <summary>The agent CLIs by their kind, which is also the name of the one that ships with the command.</summary>
    private static readonly FrozenDictionary<string, AddCli> Clis = new Dictionary<string, AddCli>
    {
        ["codex"] = static (builder, configure, name) => builder.AddCodex(configure, name),
        ["claude"] = static (builder, configure, name) => builder.AddClaude(configure, name),
        ["gemini"] = static (builder, configure, name) => builder.AddGemini(configure, name),
        ["copilot"] = static (builder, configure, name) => builder.AddCopilot(configure, name),
        ["cursor"] = static (builder, configure, name) => builder.AddCursor(configure, name),
        ["opencode"] = static (builder, configure, name) => builder.AddOpenCode(configure, name),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Those that are there without being named, with their programs.</summary>
    private static readonly FrozenDictionary<string, string> Programs = new Dictionary<string, string>
    {
        ["codex"] = "codex",
        ["claude"] = "claude",
        ["gemini"] = "gemini",
        ["copilot"] = "copilot",
        ["cursor"] = "cursor-agent",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private delegate IAgentProvidersBuilder AddCli(IAgentProvidersBuilder builder, Action<AgentCliOptions>? configure, string name);

    /// <summary>Every kind, in order.</summary>
    public static IEnumerable<string> Kinds => Clis.Keys.Order(StringComparer.Ordinal);

    /// <summary>The kinds of those that are there without being named.</summary>
    public static IEnumerable<string> Shipped => Programs.Keys;

    /// <summary>Whether a word is the kind of an agent CLI.</summary>
    public static bool IsKind(string kind) => Clis.ContainsKey(kind);

    /// <summary>
    /// An agent that nobody asked for and that is not installed is listed and checked, but takes no part in routing: no budget needs its price, and no decision
    /// speaks of it. Settings of its routing bring it in.
    /// </summary>
    public static void AddShipped(IAgentProvidersBuilder builder, string kind, IReadOnlyList<ModelDescriptor> models)
    {
        Clis[kind](builder, options => options.Models = [.. models], kind);
        if (kind != AgentCliBuilderExtensions.CodexName && Executables.Find(Programs[kind]) is null)
        {
            builder.Services.PostConfigure<ProviderRoutingOptions>(options => options.Providers.TryAdd(kind, new Routing.ProviderSettings { Enabled = false }));
        }
    }

    /// <summary>Reads the settings of an agent CLI.</summary>
    /// <param name="name">The provider's name.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="reader">Its settings, but for the models.</param>
    /// <param name="models">Its models.</param>
    public static Action<IAgentProvidersBuilder> Read(string name, string kind, SettingReader reader, IReadOnlyList<ModelDescriptor> models)
    {
        Action<AgentCliOptions> apply = options => options.Models = [.. models];
        reader.Text("executable", value => apply += options => options.Executable = value);
        reader.Text("model", value => apply += options => options.Model = value);
        reader.Text("baseUrl", value => apply += options => options.BaseUrl = value);
        reader.Text("apiKeySecret", value => apply += options => options.ApiKeySecret = value);
        reader.Flag("useCredentialProxy", value => apply += options => options.UseCredentialProxy = value);
        reader.Flag("allowRepositoryTools", value => apply += options => options.AllowRepositoryTools = value);
        reader.Flag("confineWrites", value => apply += options => options.ConfineWrites = value);
        reader.Number("maxTurns", value => apply += options => options.MaxTurns = value);
        reader.Texts("extraArguments", values => apply += options => options.ExtraArguments = [.. values]);
        reader.Texts("tags", values => apply += options => options.Tags = [.. values]);
        reader.Texts("writablePaths", values => apply += options => options.WritablePaths = [.. values]);
        reader.Money("pricePerTaskUsd", value => apply += options => options.PricePerTaskUsd = value);
        var limits = ProviderSettings.TimeLimits(reader);
        apply += options => options.TimeLimits = limits(options.TimeLimits);
        return builder => Clis[kind](builder, apply, name);
    }
}
