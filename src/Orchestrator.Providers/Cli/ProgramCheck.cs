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
    /// <param name="testedVersion">The version that we know it to work with.</param>
    public async ValueTask<ProviderHealth> RunAsync(
        string executable, string[]? versionArguments, IReadOnlyList<string> secretNames, string install, CancellationToken cancellationToken, string? testedVersion = null)
    {
        var details = new List<KeyValuePair<string, string>> { new("confinement", WriteConfinement.Description), new("containment", ProcessContainment.Description) };
        if (testedVersion is not null)
        {
            details.Add(new("tested_version", testedVersion));
        }

        if (Executables.Find(executable) is not { } path)
        {
            return Health(HealthStatus.Unhealthy, $"'{executable}' was not found. {install}", details);
        }

        details.Add(new("path", path));
        var missing = new List<string>();
        foreach (var name in secretNames)
        {
            if (await secrets.FindAsync(name, cancellationToken).ConfigureAwait(false) is null)
            {
                missing.Add(name);
            }
        }

        if (secretNames.Count > 0)
        {
            details.Add(new("authentication", missing.Count == 0 ? "present" : "missing"));
        }

        if (missing.Count > 0)
        {
            details.Add(new("missing_secrets", string.Join(", ", missing)));
            return Health(HealthStatus.Unhealthy, $"The secret {string.Join(", ", missing)} is missing: set the environment variable of that name, or register a secret provider that knows it.", details);
        }

        if (versionArguments is not null)
        {
            return await AskVersionAsync(path, versionArguments, testedVersion, details, cancellationToken).ConfigureAwait(false);
        }

        return testedVersion is not null && NpmPackage.VersionBeside(path) is { } version
            ? Versioned(path, version, testedVersion, details)
            : Health(HealthStatus.Healthy, $"{path} is installed.", details);
    }

    private static ProviderHealth Versioned(string path, string version, string? testedVersion, List<KeyValuePair<string, string>> details)
    {
        details.Add(new("version", version));
        var untested = testedVersion is not null && !version.Contains(testedVersion, StringComparison.Ordinal);
        return Health(HealthStatus.Healthy, untested ? $"{path}, {version}; tested with {testedVersion}." : $"{path}, {version}.", details);
    }

    private static ProviderHealth Health(HealthStatus status, string message, List<KeyValuePair<string, string>> details) =>
        new() { Status = status, Message = message, Details = new ValueMap([.. details]) };

    private async ValueTask<ProviderHealth> AskVersionAsync(
        string path, string[] arguments, string? testedVersion, List<KeyValuePair<string, string>> details, CancellationToken cancellationToken)
    {
        var request = new ProcessRequest
        {
            Command = new CommandLine { Executable = path, Arguments = [.. arguments] },
            WorkingDirectory = Path.GetTempPath(),
            Environment = ProcessEnvironment.Inherit(),
            ExecutionId = "check-" + Identifiers.Create(time.GetUtcNow()),
            Limits = Limits,
            WritablePaths = ["/dev"],
        };
        var version = "";
        try
        {
            await foreach (var output in runner.RunAsync(request, cancellationToken).ConfigureAwait(false))
            {
                version = version.Length == 0 && output is { Line: { Length: > 0 } line, IsError: false } ? redactor.Redact(line) : version;
                if (output.Exit is { } exit && (exit.End != ProcessEnd.Exited || exit.ExitCode != 0))
                {
                    return Health(HealthStatus.Unhealthy, $"{path} {string.Join(' ', arguments)} ended with {exit.ExitCode} ({exit.End}): {redactor.Redact(exit.ErrorTail)}", details);
                }
            }
        }
        catch (ProcessStartException exception)
        {
            return Health(HealthStatus.Unhealthy, exception.Message, details);
        }

        return Versioned(path, version, testedVersion, details);
    }
}
