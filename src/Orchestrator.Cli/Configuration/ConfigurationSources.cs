using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Orchestrator.Cli.Configuration;

/// <summary>Where settings come from, the weakest first: the repository's file, the user's file, a file named on the command line, the environment.</summary>
internal static class ConfigurationSources
{
    /// <summary>The name of the file in a repository and in the user's folder.</summary>
    public const string FileName = "orchestrator.json";

    private const string EnvironmentPrefix = "ORCHESTRATOR_";

    public static string UserFile => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "orchestrator", FileName);

    public static IConfigurationRoot Load(string? repository, string? explicitFile, List<string> errors)
    {
        var trusted = new LayeredSettings();
        if (File.Exists(UserFile))
        {
            trusted.Add(Read(UserFile, errors));
        }

        if (explicitFile is not null)
        {
            trusted.Add(Read(Path.GetFullPath(explicitFile), errors));
        }

        trusted.Add(new ConfigurationBuilder().AddInMemoryCollection(FromEnvironment()).Build());
        var all = new LayeredSettings();
        if (repository is not null && Path.GetFullPath(Path.Combine(repository, FileName)) is var file && File.Exists(file))
        {
            all.Add(RepositorySettings.Checked(Read(file, errors), file, trusted.ProviderNames, errors));
        }

        all.Add(trusted.Build());
        return all.Build();
    }

    private static IConfigurationRoot Read(string path, List<string> errors)
    {
        var empty = new ConfigurationBuilder().Build();
        if (!File.Exists(path))
        {
            errors.Add($"The configuration file {path} does not exist.");
            return empty;
        }

        try
        {
            return new ConfigurationBuilder().AddJsonFile(path, optional: false).Build();
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            errors.Add($"{path} cannot be read as JSON: {error.InnerException?.Message ?? error.Message}");
            return empty;
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
