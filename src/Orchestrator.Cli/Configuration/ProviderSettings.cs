using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Providers.Command;
using Orchestrator.Tasks;

namespace Orchestrator.Cli.Configuration;

/// <summary>One provider of the configuration, read and checked; how it is added to the host.</summary>
internal sealed record ProviderSettings(string Name, Action<IAgentProvidersBuilder> Register)
{
    private const string Command = "command";

    /// <summary>The providers of the configuration, and those that ship with the command and that it does not name.</summary>
    /// <param name="section">The section <c>providers</c>.</param>
    /// <param name="routing">The section <c>routing</c>, which may hold prices of models.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static IReadOnlyList<ProviderSettings> ReadAll(IConfigurationSection section, IConfigurationSection routing, List<string> errors)
    {
        var providers = new Dictionary<string, ProviderSettings>(StringComparer.OrdinalIgnoreCase)
        {
            [DotnetFormatBuilderExtensions.DotnetFormatName] = new(DotnetFormatBuilderExtensions.DotnetFormatName, static builder => builder.AddDotnetFormat()),
        };
        foreach (var kind in AgentCliSettings.Shipped)
        {
            var models = ModelPrices.Routed(Routed(routing, kind));
            providers[kind] = new(kind, builder => AgentCliSettings.AddShipped(builder, kind, models));
        }

        foreach (var child in section.GetChildren())
        {
            if (!Identifiers.IsName(child.Key))
            {
                errors.Add($"{child.Path}: '{child.Key}' is not a valid provider name.");
                continue;
            }

            providers.Remove(child.Key);
            if (child.Value is { Length: > 0 })
            {
                errors.Add($"{child.Path} must be a section with settings, for example {{\"kind\": \"codex\"}}.");
            }
            else if (Read(child, Routed(routing, child.Key), errors) is { } provider)
            {
                providers[child.Key] = provider;
            }
        }

        return [.. providers.Values];
    }

    public static void AddTo(IAgentProvidersBuilder builder, IEnumerable<ProviderSettings> providers)
    {
        foreach (var provider in providers)
        {
            provider.Register(builder);
        }
    }

    /// <summary>The three clocks, checked here, where the reader knows their place; a function that sets those that are configured.</summary>
    public static Func<AgentTimeLimits, AgentTimeLimits> TimeLimits(SettingReader reader)
    {
        (TimeSpan? startup, TimeSpan? idle, TimeSpan? total) = (null, null, null);
        reader.Duration("startupTimeLimit", value => startup = new AgentTimeLimits { Startup = value }.Startup);
        reader.Duration("idleTimeLimit", value => idle = new AgentTimeLimits { Idle = value }.Idle);
        reader.Duration("timeLimit", value => total = new AgentTimeLimits { Total = value }.Total);
        return limits => limits with { Startup = startup ?? limits.Startup, Idle = idle ?? limits.Idle, Total = total ?? limits.Total };
    }

    private static IConfigurationSection Routed(IConfigurationSection routing, string name) => routing.GetSection("providers").GetSection(name);

    private static ProviderSettings? Read(IConfigurationSection section, IConfigurationSection routed, List<string> errors)
    {
        var reader = new SettingReader(section, errors);
        var enabled = true;
        reader.Flag("enabled", value => enabled = value);
        var kind = reader.Text("kind") ?? (AgentCliSettings.IsKind(section.Key) ? section.Key : Command);
        var add = kind == Command ? ReadCommand(section.Key, reader, enabled ? errors : [], section.Path)
            : kind == ChatSettings.Kind ? ChatSettings.Read(section.Key, reader, ModelPrices.Read(reader, routed))
            : AgentCliSettings.IsKind(kind) ? AgentCliSettings.Read(section.Key, kind, reader, ModelPrices.Read(reader, routed))
            : null;
        if (add is null)
        {
            errors.Add($"{section.Path}:kind is '{kind}'; known: {string.Join(", ", AgentCliSettings.Kinds.Prepend(ChatSettings.Kind).Prepend(Command))}.");
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
        read.TimeLimits = TimeLimits(reader)(read.TimeLimits);
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
}
