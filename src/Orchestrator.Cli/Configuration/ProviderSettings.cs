using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Command;
using Orchestrator.Providers.Processes;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Cli.Configuration;

/// <summary>One provider of the configuration, read and checked; how it is added to the host.</summary>
internal sealed record ProviderSettings(string Name, Action<IAgentProvidersBuilder> Register)
{
    private const string Command = "command";

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
    private static readonly FrozenDictionary<string, string> Shipped = new Dictionary<string, string>
    {
        ["codex"] = "codex",
        ["claude"] = "claude",
        ["gemini"] = "gemini",
        ["copilot"] = "copilot",
        ["cursor"] = "cursor-agent",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private delegate IAgentProvidersBuilder AddCli(IAgentProvidersBuilder builder, Action<AgentCliOptions>? configure, string name);

    /// <summary>The providers of the configuration, and those that ship with the command and that it does not name.</summary>
    public static IReadOnlyList<ProviderSettings> ReadAll(IConfigurationSection section, List<string> errors)
    {
        var providers = new Dictionary<string, ProviderSettings>(StringComparer.OrdinalIgnoreCase)
        {
            [DotnetFormatBuilderExtensions.DotnetFormatName] = new(DotnetFormatBuilderExtensions.DotnetFormatName, static builder => builder.AddDotnetFormat()),
        };
        foreach (var (kind, program) in Shipped)
        {
            providers[kind] = new(kind, builder => AddShipped(builder, kind, program));
        }

        foreach (var child in section.GetChildren())
        {
            if (!Identifiers.IsName(child.Key))
            {
                errors.Add($"{child.Path}: '{child.Key}' is not a valid provider name.");
                continue;
            }

            providers.Remove(child.Key);
            if (Read(child, errors) is { } provider)
            {
                providers[child.Key] = provider;
            }
        }

        return [.. providers.Values];
    }

    /// <summary>Whether a name is that of an agent CLI, and so of a provider that gets a key.</summary>
    public static bool IsAgentCli(string name) => Clis.ContainsKey(name);

    public static void AddTo(IAgentProvidersBuilder builder, IEnumerable<ProviderSettings> providers)
    {
        foreach (var provider in providers)
        {
            provider.Register(builder);
        }
    }

    /// <summary>
    /// An agent that nobody asked for and that is not installed is listed and checked, but takes no part in routing: no budget needs its price, and no decision
    /// speaks of it. Settings of its routing bring it in.
    /// </summary>
    private static void AddShipped(IAgentProvidersBuilder builder, string kind, string program)
    {
        Clis[kind](builder, null, kind);
        if (kind != AgentCliBuilderExtensions.CodexName && Executables.Find(program) is null)
        {
            builder.Services.PostConfigure<ProviderRoutingOptions>(options => options.Providers.TryAdd(kind, new Routing.ProviderSettings { Enabled = false }));
        }
    }

    private static ProviderSettings? Read(IConfigurationSection section, List<string> errors)
    {
        var reader = new SettingReader(section, errors);
        var enabled = true;
        reader.Flag("enabled", value => enabled = value);
        var kind = reader.Text("kind") ?? (Clis.ContainsKey(section.Key) ? section.Key : Command);
        var add = kind == Command ? ReadCommand(section.Key, reader, enabled ? errors : [], section.Path)
            : Clis.TryGetValue(kind, out var cli) ? ReadCli(section.Key, cli, reader)
            : null;
        if (add is null)
        {
            errors.Add($"{section.Path}:kind is '{kind}'; known: {string.Join(", ", Clis.Keys.Order(StringComparer.Ordinal).Prepend(Command))}.");
            return null;
        }

        reader.RejectUnknown();
        return enabled ? new ProviderSettings(section.Key, add) : null;
    }

    private static Action<IAgentProvidersBuilder> ReadCommand(string name, SettingReader reader, List<string> errors, string path)
    {
        var read = new CommandProviderOptions();
        var words = new List<string>();
        reader.Texts("command", words.AddRange);
        if (words.Count == 0)
        {
            errors.Add($"{path}:command must list the program and its arguments, for example [\"npx\", \"prettier\", \"--write\", \".\"].");
        }

        reader.Map("environment", values => read.Environment = new Dictionary<string, string>(values));
        reader.Texts("secretNames", values => read.SecretNames = [.. values]);
        reader.Texts("writablePaths", values => read.WritablePaths = [.. values]);
        reader.Texts("capabilities", values => read.Capabilities = [.. values]);
        reader.Texts("tags", values => read.Tags = [.. values]);
        reader.Names<AgentTaskType>("taskTypes", values => read.TaskTypes = [.. values]);
        reader.Text("description", value => read.Description = value);
        reader.Text("installHint", value => read.InstallHint = value);
        reader.Money("pricePerTaskUsd", value => read.PricePerTaskUsd = value);
        reader.Flag("keepHome", value => read.KeepHome = value);
        reader.Numbers("successExitCodes", values => read.SuccessExitCodes = [.. values]);
        CommandOutputSettings.Read(reader, read);
        read.TimeLimits = TimeLimits(reader, read.TimeLimits);
        if (words.Count == 0)
        {
            return static _ => { };
        }

        return builder => builder.AddCommand(name, options =>
        {
            options.Executable = words[0];
            options.Arguments = [.. words.Skip(1)];
            (options.Environment, options.SecretNames, options.WritablePaths, options.Capabilities) = (read.Environment, read.SecretNames, read.WritablePaths, read.Capabilities);
            (options.Tags, options.TaskTypes, options.Description, options.InstallHint) = (read.Tags, read.TaskTypes, read.Description, read.InstallHint);
            (options.PricePerTaskUsd, options.KeepHome, options.SuccessExitCodes, options.TimeLimits) = (read.PricePerTaskUsd, read.KeepHome, read.SuccessExitCodes, read.TimeLimits);
            (options.InstructionsOnInput, options.Output, options.Mapping) = (read.InstructionsOnInput, read.Output, read.Mapping);
        });
    }

    private static Action<IAgentProvidersBuilder> ReadCli(string name, AddCli add, SettingReader reader)
    {
        var read = new AgentCliOptions();
        reader.Text("executable", value => read.Executable = value);
        reader.Text("model", value => read.Model = value);
        reader.Text("baseUrl", value => read.BaseUrl = value);
        reader.Text("apiKeySecret", value => read.ApiKeySecret = value);
        reader.Flag("useCredentialProxy", value => read.UseCredentialProxy = value);
        reader.Flag("allowRepositoryTools", value => read.AllowRepositoryTools = value);
        reader.Flag("confineWrites", value => read.ConfineWrites = value);
        reader.Number("maxTurns", value => read.MaxTurns = value);
        reader.Texts("extraArguments", values => read.ExtraArguments = [.. values]);
        reader.Texts("tags", values => read.Tags = [.. values]);
        reader.Texts("writablePaths", values => read.WritablePaths = [.. values]);
        reader.Money("pricePerTaskUsd", value => read.PricePerTaskUsd = value);
        read.TimeLimits = TimeLimits(reader, read.TimeLimits);
        return builder => add(
            builder,
            options =>
            {
                (options.Executable, options.Model, options.BaseUrl, options.ApiKeySecret) = (read.Executable, read.Model, read.BaseUrl, read.ApiKeySecret);
                (options.UseCredentialProxy, options.AllowRepositoryTools, options.ConfineWrites, options.MaxTurns) = (read.UseCredentialProxy, read.AllowRepositoryTools, read.ConfineWrites, read.MaxTurns);
                (options.ExtraArguments, options.Tags, options.WritablePaths) = (read.ExtraArguments, read.Tags, read.WritablePaths);
                (options.PricePerTaskUsd, options.TimeLimits) = (read.PricePerTaskUsd, read.TimeLimits);
            },
            name);
    }

    private static AgentTimeLimits TimeLimits(SettingReader reader, AgentTimeLimits limits)
    {
        reader.Duration("startupTimeLimit", value => limits = limits with { Startup = value });
        reader.Duration("idleTimeLimit", value => limits = limits with { Idle = value });
        reader.Duration("timeLimit", value => limits = limits with { Total = value });
        return limits;
    }
}
