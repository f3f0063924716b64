using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli;

/// <summary>Finds out whether a program is installed, starts, and has its secrets. Spends nothing.</summary>
internal sealed class ProgramCheck(ProcessRunner runner, SecretResolver secrets, ISecretRedactor redactor, TimeProvider time)
{
    private static readonly AgentTimeLimits Limits = new()
    {
        Startup = TimeSpan.FromSeconds(20),
        Idle = TimeSpan.FromSeconds(20),
        Total = TimeSpan.FromSeconds(20),
        Grace = TimeSpan.Zero,
    };

    /// <param name="executable">The program.</param>
    /// <param name="versionArguments">What makes it print its version; <see langword="null"/> for a program that is not to be run: the version is then that of its package, if it can be found.</param>
    /// <param name="secretNames">The secrets it needs.</param>
    /// <param name="install">How to get the program.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="tested">The versions that we know it to work with.</param>
    public async ValueTask<ProviderHealth> RunAsync(
        string executable, string[]? versionArguments, IReadOnlyList<string> secretNames, string install, CancellationToken cancellationToken, TestedVersions? tested = null)
    {
        var details = new Dictionary<string, string> { ["confinement"] = WriteConfinement.Description, ["containment"] = ProcessContainment.Description };
        if (tested is not null)
        {
            details["tested"] = tested.ToString();
        }

        if (Executables.Find(executable) is not { } path)
        {
            return Health(HealthStatus.Unhealthy, $"'{executable}' was not found. {install}", details);
        }

        details["path"] = path;
        var (version, fault) = versionArguments is not null ? await AskVersionAsync(path, versionArguments, cancellationToken).ConfigureAwait(false)
            : (tested is not null ? NpmPackage.VersionBeside(path) : null, null);
        AddVersion(version, tested, details);
        var refusal = await FindSecretsAsync(secretNames, details, cancellationToken).ConfigureAwait(false);
        var found = Describe(path, version, tested, details);
        return fault is not null ? Health(HealthStatus.Unhealthy, fault, details)
            : refusal is not null ? Health(HealthStatus.Unhealthy, $"{refusal} The program: {found}", details)
            : Health(HealthStatus.Healthy, found, details);
    }

    /// <summary>Of a program that runs in containers: whether there is the pool and it has its secrets. Its image is not looked at.</summary>
    public async ValueTask<ProviderHealth> RunAsync(AgentContainers containers, string executable, IReadOnlyList<string> secretNames, CancellationToken cancellationToken)
    {
        var details = new Dictionary<string, string> { ["confinement"] = "a container of its own", ["containment"] = "a container of its own", ["pool"] = containers.Pool };
        if (containers.Obstacle is { } obstacle)
        {
            return Health(HealthStatus.Unhealthy, obstacle, details);
        }

        return await FindSecretsAsync(secretNames, details, cancellationToken).ConfigureAwait(false) is { } refusal
            ? Health(HealthStatus.Unhealthy, refusal, details)
            : Health(HealthStatus.Healthy, $"'{executable}' runs in containers of pool {containers.Pool}.", details);
    }

    private static void AddVersion(string? version, TestedVersions? tested, Dictionary<string, string> details)
    {
        if (version is null)
        {
            return;
        }

        details["version"] = version;
        if (tested is not null)
        {
            details["version_is"] = tested.PlaceOf(version);
        }
    }

    private static string Describe(string path, string? version, TestedVersions? tested, Dictionary<string, string> details) => details.GetValueOrDefault("version_is") switch
    {
        _ when version is null => tested is null ? $"{path} is installed." : $"{path} is installed; tested with {tested}.",
        "inside" or null => $"{path}, {version}.",
        "unknown" => $"{path}, {version}; tested with {tested}.",
        var place => $"{path}, {version}, which is {place} than what was tested: {tested}.",
    };

    private static ProviderHealth Health(HealthStatus status, string message, Dictionary<string, string> details) =>
        new() { Status = status, Message = message, Details = new ValueMap([.. details]) };

    /// <summary>Looks for the secrets.</summary>
    /// <returns>What is wrong and what to do; <see langword="null"/> when all are there.</returns>
    private async ValueTask<string?> FindSecretsAsync(IReadOnlyList<string> names, Dictionary<string, string> details, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        try
        {
            foreach (var name in names)
            {
                if (await secrets.FindAsync(name, cancellationToken).ConfigureAwait(false) is null)
                {
                    missing.Add(name);
                }
            }
        }
        catch (SecretSourceException exception)
        {
            details["authentication"] = "refused";
            return exception.Message;
        }

        if (names.Count > 0)
        {
            details["authentication"] = missing.Count == 0 ? "present" : "missing";
        }

        if (missing.Count == 0)
        {
            return null;
        }

        details["missing_secrets"] = string.Join(", ", missing);
        return $"The secret {string.Join(", ", missing)} is missing: set the environment variable of that name, or register a secret provider that knows it.";
    }

    /// <summary>Starts the program for its version.</summary>
    /// <returns>The first line that it printed, or why it could not.</returns>
    private async ValueTask<(string? Version, string? Fault)> AskVersionAsync(string path, string[] arguments, CancellationToken cancellationToken)
    {
        var request = new ProcessRequest
        {
            Command = new CommandLine { Executable = path, Arguments = [.. arguments] },
            WorkingDirectory = Path.GetTempPath(),
            Environment = ProcessEnvironment.Inherit(),
            ExecutionId = "check-" + Identifiers.Create(time.GetUtcNow()),
            Limits = Limits,
            WritablePaths = WriteConfinement.Devices,
        };
        var version = "";
        try
        {
            await foreach (var output in runner.RunAsync(request, cancellationToken).ConfigureAwait(false))
            {
                version = version.Length == 0 && output is { Line: { Length: > 0 } line, IsError: false } ? redactor.Redact(line) : version;
                if (output.Exit is { } exit && (exit.End != ProcessEnd.Exited || exit.ExitCode != 0))
                {
                    return (null, $"{path} {string.Join(' ', arguments)} ended with {exit.ExitCode} ({exit.End}): {redactor.Redact(exit.ErrorTail)}");
                }
            }
        }
        catch (ProcessStartException exception)
        {
            return (null, exception.Message);
        }

        return (version, null);
    }
}
