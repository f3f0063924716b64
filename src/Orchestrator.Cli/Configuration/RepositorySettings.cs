using Microsoft.Extensions.Configuration;

namespace Orchestrator.Cli.Configuration;

/// <summary>
/// What a repository's own file may say. Repositories are not trusted: theirs are commands without secrets, and nothing that decides which program gets a key,
/// what its environment is, where its requests go, or where state is kept.
/// </summary>
internal static class RepositorySettings
{
    private static readonly string[] Settings = ["verify", "verifyTimeLimit", "maxRemediations", "maxAttempts"];

    private static readonly string[] CommandSettings =
        ["kind", "command", "taskTypes", "capabilities", "tags", "description", "installHint", "timeLimit", "startupTimeLimit", "idleTimeLimit", "pricePerTaskUsd", "successExitCodes"];

    /// <summary>
    /// The allowed settings alone, without those of providers that a trusted source names: these are never merged. Every other setting is an error, also one that
    /// was added later and that nobody thought of here.
    /// </summary>
    public static IConfiguration Checked(IConfigurationRoot file, string path, IReadOnlySet<string> trustedProviders, List<string> errors)
    {
        var kept = new List<IConfigurationSection>();
        foreach (var child in file.GetChildren().Where(child => !child.Key.Equals("providers", StringComparison.OrdinalIgnoreCase)))
        {
            Keep(child, Settings);
        }

        if (file.GetSection("providers").Value is { Length: > 0 })
        {
            errors.Add($"{path}: providers must be a section with providers by name.");
        }

        foreach (var provider in file.GetSection("providers").GetChildren().Where(provider => !trustedProviders.Contains(provider.Key)))
        {
            if ((provider["kind"] ?? "command") != "command" || AgentCliSettings.IsKind(provider.Key))
            {
                errors.Add($"{path} adds the provider '{provider.Key}', which is no plain command; a repository may add commands only: name it in {ConfigurationSources.UserFile} or with --config.");
                continue;
            }

            foreach (var setting in provider.GetChildren())
            {
                Keep(setting, CommandSettings);
            }
        }

        return new ConfigurationBuilder().AddInMemoryCollection(kept.SelectMany(section => section.AsEnumerable())).Build();

        void Keep(IConfigurationSection setting, string[] allowed)
        {
            if (allowed.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
            {
                kept.Add(setting);
            }
            else
            {
                errors.Add($"{path} sets '{setting.Path}'; a repository may set {string.Join(", ", allowed)} here: set others in {ConfigurationSources.UserFile} or with --config.");
            }
        }
    }
}
