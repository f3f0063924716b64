using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Hosting;

namespace Orchestrator.Cli.Configuration;

/// <summary>The settings of one run of the command: read once, with every error at once.</summary>
internal sealed class OrchestratorSettings
{
    private static readonly string[] TopLevel = ["state", "verify", "verifyTimeLimit", "maxRemediations", "maxAttempts", "workerName", "containerName", "providers", "routing", "storage", "secrets", "containers"];

    /// <summary>The providers, those that ship with the command included.</summary>
    public required IReadOnlyList<ProviderSettings> Providers { get; init; }

    /// <summary>The main job's own options.</summary>
    public required OrchestratorOptions Options { get; init; }

    /// <summary>How tasks are routed; read by the router itself, so that it is told what is wrong together with everything else.</summary>
    public required IConfigurationSection Routing { get; init; }

    /// <summary>The PostgreSQL that holds the data; <see langword="null"/> for the SQLite file in the state directory.</summary>
    public PostgreSqlSettings? PostgreSql { get; init; }

    /// <summary>Where keys are found beside the environment.</summary>
    public required SecretsSettings Secrets { get; init; }

    /// <summary>The containers that agents can run in.</summary>
    public required ContainerSettings Containers { get; init; }

    /// <summary>Whether a key from the environment is ours.</summary>
    public static bool IsKnown(string key) => TopLevel.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ConfigurationErrorsException">Something is wrong; the exception lists all of it.</exception>
    public static OrchestratorSettings Load(string? repository, string? explicitFile, string? stateDirectory)
    {
        var errors = new List<string>();
        var root = ConfigurationSources.Load(repository, explicitFile, errors);
        var options = ReadOptions(root, errors);
        if (stateDirectory is not null)
        {
            options.StateDirectory = Path.GetFullPath(stateDirectory);
        }

        var providers = ProviderSettings.ReadAll(root.GetSection("providers"), root.GetSection("routing"), errors);
        var postgreSql = PostgreSqlSettings.Read(root.GetSection("storage"), errors);
        var secrets = SecretsSettings.Read(root.GetSection("secrets"), errors);
        var containers = ContainerSettings.Read(root.GetSection("containers"), errors);
        if (errors.Count > 0)
        {
            // What can be read but is out of range is told with the rest, not on the next try.
            errors.AddRange(OutOfRange(options, providers, root.GetSection("routing")));
            throw new ConfigurationErrorsException(errors);
        }

        return new OrchestratorSettings { Options = options, Providers = providers, Routing = root.GetSection("routing"), PostgreSql = postgreSql, Secrets = secrets, Containers = containers };
    }

    private static IReadOnlyList<string> OutOfRange(OrchestratorOptions options, IReadOnlyList<ProviderSettings> providers, IConfigurationSection routing)
    {
        var services = new ServiceCollection();
        services.AddOrchestrator(options.CopyTo).ConfigureProviders(builder => ProviderSettings.AddTo(builder, providers));
        services.AddProviderRouting(routing);
        using var built = services.BuildServiceProvider();
        return ConfigurationValidation.ErrorsOf(built);
    }

    private static OrchestratorOptions ReadOptions(IConfigurationRoot root, List<string> errors)
    {
        var options = new OrchestratorOptions();
        var reader = new SettingReader(root, errors);
        reader.Text("state", value => options.StateDirectory = Path.GetFullPath(value));
        reader.Text("verify", value => options.DefaultVerifyCommand = CommandLine.Parse(value).ToString());
        reader.Duration("verifyTimeLimit", value => options.VerifyTimeLimit = value);
        reader.Number("maxRemediations", value => options.MaxRemediations = value);
        reader.Number("maxAttempts", value => options.MaxAttempts = value);
        reader.Text("workerName", value => options.WorkerName = value);
        reader.Text("containerName", value => options.ContainerName = value);
        foreach (var section in (string[])["providers", "routing", "storage", "secrets", "containers"])
        {
            reader.Section(section);
        }

        reader.RejectUnknown();
        return options;
    }
}
