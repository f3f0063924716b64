using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Providers.Cli.Codex;
using Orchestrator.Providers.Command;
using Orchestrator.Tasks;

namespace Orchestrator.Cli.Configuration;

/// <summary>One provider of the configuration, read and checked; how it is added to the host.</summary>
internal sealed record ProviderSettings(string Name, Action<IAgentProvidersBuilder> Register)
{
    private static readonly string[] Kinds = ["command", "codex"];

    /// <summary>The providers of the configuration, and those that ship with the command and that it does not name.</summary>
    public static IReadOnlyList<ProviderSettings> ReadAll(IConfigurationSection section, List<string> errors)
    {
        var providers = new Dictionary<string, ProviderSettings>(StringComparer.OrdinalIgnoreCase)
        {
            [DotnetFormatBuilderExtensions.DotnetFormatName] = new(DotnetFormatBuilderExtensions.DotnetFormatName, static builder => builder.AddDotnetFormat()),
            [AgentProvidersBuilderExtensions.CodexName] = new(AgentProvidersBuilderExtensions.CodexName, static builder => builder.AddCodex()),
        };
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

    public static void AddTo(IAgentProvidersBuilder builder, IEnumerable<ProviderSettings> providers)
    {
        foreach (var provider in providers)
        {
            provider.Register(builder);
        }
    }

    private static ProviderSettings? Read(IConfigurationSection section, List<string> errors)
    {
        var reader = new SettingReader(section, errors);
        var enabled = true;
        reader.Flag("enabled", value => enabled = value);
        var kind = reader.Text("kind") ?? (section.Key.Equals(AgentProvidersBuilderExtensions.CodexName, StringComparison.OrdinalIgnoreCase) ? "codex" : "command");
        Action<IAgentProvidersBuilder>? add = kind switch
        {
            "command" => ReadCommand(section.Key, reader, enabled ? errors : [], section.Path),
            "codex" => ReadCodex(section.Key, reader),
            _ => null,
        };
        if (add is null)
        {
            errors.Add($"{section.Path}:kind is '{kind}'; known: {string.Join(", ", Kinds)}.");
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
        });
    }

    private static Action<IAgentProvidersBuilder> ReadCodex(string name, SettingReader reader)
    {
        var read = new CodexProviderOptions();
        reader.Text("executable", value => read.Executable = value);
        reader.Text("model", value => read.Model = value);
        reader.Text("baseUrl", value => read.BaseUrl = value);
        reader.Text("apiKeySecret", value => read.ApiKeySecret = value);
        reader.Texts("extraArguments", values => read.ExtraArguments = [.. values]);
        reader.Texts("tags", values => read.Tags = [.. values]);
        reader.Texts("writablePaths", values => read.WritablePaths = [.. values]);
        reader.Money("pricePerTaskUsd", value => read.PricePerTaskUsd = value);
        read.TimeLimits = TimeLimits(reader, read.TimeLimits);
        return builder => builder.AddCodex(
            options =>
            {
                (options.Executable, options.Model, options.BaseUrl, options.ApiKeySecret) = (read.Executable, read.Model, read.BaseUrl, read.ApiKeySecret);
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
