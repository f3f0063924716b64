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

    /// <summary>The allowed settings, without those of providers that a trusted source names: these are never merged. What is not allowed is an error.</summary>
    public static IConfiguration Checked(IConfigurationRoot file, string path, IReadOnlySet<string> trustedProviders, List<string> errors)
    {
        foreach (var child in file.GetChildren().Where(child => !Allows(Settings, child) && OrchestratorSettings.IsKnown(child.Key) && !IsProviders(child)))
        {
            errors.Add(Refusal(path, child.Path));
        }

        foreach (var provider in file.GetSection("providers").GetChildren().Where(provider => !trustedProviders.Contains(provider.Key)))
        {
            if ((provider["kind"] ?? "command") != "command" || provider.Key.Equals("codex", StringComparison.OrdinalIgnoreCase))
            {
                errors.Add($"{path} adds the provider '{provider.Key}', which is no plain command; a repository may add commands only: name it in {ConfigurationSources.UserFile} or with --config.");
                continue;
            }

            errors.AddRange(provider.GetChildren().Where(setting => !Allows(CommandSettings, setting) && ProviderSettings.Knows(setting.Key)).Select(setting => Refusal(path, setting.Path)));
        }

        var kept = file.AsEnumerable().Where(pair => pair.Value is not null && !trustedProviders.Contains(ProviderOf(pair.Key) ?? ""));
        return new ConfigurationBuilder().AddInMemoryCollection(kept).Build();
    }

    private static string Refusal(string path, string setting) =>
        $"{path} sets '{setting}'; a repository may not: set it in {ConfigurationSources.UserFile} or with --config.";

    private static bool IsProviders(IConfigurationSection section) => section.Key.Equals("providers", StringComparison.OrdinalIgnoreCase);

    private static bool Allows(string[] names, IConfigurationSection section) => names.Contains(section.Key, StringComparer.OrdinalIgnoreCase);

    private static string? ProviderOf(string key) => key.Split(ConfigurationPath.KeyDelimiter) is [var section, var name, ..] && section.Equals("providers", StringComparison.OrdinalIgnoreCase) ? name : null;
}
