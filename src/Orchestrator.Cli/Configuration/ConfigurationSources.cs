using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Orchestrator.Cli.Configuration;

/// <summary>Where settings come from, the weakest first: the repository's file, the user's file, a file named on the command line, the environment.</summary>
internal static class ConfigurationSources
{
    /// <summary>The name of the file in a repository and in the user's folder.</summary>
    public const string FileName = "orchestrator.json";

    private const string EnvironmentPrefix = "ORCHESTRATOR_";

    /// <summary>What a repository's file may not set, because repositories are not trusted: these decide which program gets a key and where it is sent.</summary>
    private static readonly string[] Protected = ["baseUrl", "executable", "secretNames", "apiKeySecret", "writablePaths"];

    public static string UserFile => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "orchestrator", FileName);

    public static IConfigurationRoot Load(string? repository, string? explicitFile, List<string> errors)
    {
        var builder = new ConfigurationBuilder();
        if (repository is not null && Path.Combine(repository, FileName) is var repositoryFile && File.Exists(repositoryFile))
        {
            AddFile(builder, repositoryFile, errors);
            RejectProtected(repositoryFile, builder, errors);
        }

        if (File.Exists(UserFile))
        {
            AddFile(builder, UserFile, errors);
        }

        if (explicitFile is not null)
        {
            AddFile(builder, explicitFile, errors);
        }

        builder.AddInMemoryCollection(FromEnvironment());
        return builder.Build();
    }

    private static void AddFile(ConfigurationBuilder builder, string path, List<string> errors)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            errors.Add($"The configuration file {full} does not exist.");
            return;
        }

        try
        {
            var file = new ConfigurationBuilder().AddJsonFile(full, optional: false).Build();
            builder.AddConfiguration(file);
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            errors.Add($"{full} cannot be read as JSON: {error.InnerException?.Message ?? error.Message}");
        }
    }

    private static void RejectProtected(string path, ConfigurationBuilder builder, List<string> errors)
    {
        var root = builder.Build();
        if (root["state"] is not null)
        {
            errors.Add($"{path} sets 'state'; a repository may not: set it in {UserFile}, in {EnvironmentPrefix}STATE or with --state.");
        }

        var settings = root.GetSection("providers").GetChildren().SelectMany(provider => provider.GetChildren());
        foreach (var setting in settings.Where(setting => Protected.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)))
        {
            errors.Add($"{path} sets '{setting.Path}'; a repository may not decide where keys go: set it in {UserFile} or with --config.");
        }
    }

    // ORCHESTRATOR_PROVIDERS__CODEX__MODEL becomes providers:codex:model; names without a known first part belong to somebody else.
    private static Dictionary<string, string?> FromEnvironment()
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            {
                var key = name[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal);
                if (OrchestratorSettings.IsKnown(key))
                {
                    settings[key] = (string?)variable.Value;
                }
            }
        }

        return settings;
    }
}
