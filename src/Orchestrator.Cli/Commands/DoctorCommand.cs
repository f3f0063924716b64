using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Auditing;
using Orchestrator.Cli.Configuration;
using Orchestrator.Cli.Output;
using Orchestrator.Providers;
using Orchestrator.Providers.Processes;
using Orchestrator.Routing.Health;
using Orchestrator.Secrets;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator doctor</c>: what is installed, which keys are there by name, what is missing and how to get it.</summary>
internal static class DoctorCommand
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("doctor", "Check this machine: programs, keys (by name only), providers, state directory. Exit code 1 when something required is missing.");
        command.SetAction(global.Handle(async (_, context, cancellationToken) =>
        {
            await using var host = await CliHost.CreateAsync(context, repository: null, cancellationToken);
            var complete = true;
            await foreach (var check in ChecksAsync(host, cancellationToken))
            {
                complete &= check.Ok || !check.Required;
                context.Output.Write(new CliLine { Type = "check", Check = check });
            }

            return complete ? ExitCodes.Success : ExitCodes.Failed;
        }));
        return command;
    }

    private static async IAsyncEnumerable<DoctorCheck> ChecksAsync(CliHost host, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Program("git", required: true, "install git 2.30 or newer: https://git-scm.com, or `apt-get install git`");
        yield return Program("dotnet", required: false, "needed by the dotnet-format provider: https://dot.net");
        yield return ConfinementCheck();
        yield return new DoctorCheck("containment", ProcessContainment.IsComplete, Required: false, ProcessContainment.Description, "run where this user may make control groups: as root, under systemd, or in a container");
        yield return await StateAsync(host, cancellationToken);
        foreach (var name in SecretNames.All)
        {
            var present = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
            yield return new DoctorCheck(name, present, Required: false, present ? "set (its value is never shown)" : "not set", $"export {name}=… for the provider that needs it");
        }

        var health = await host.Services.GetRequiredService<ProviderHealthChecks>().CheckAsync(cancellationToken);
        foreach (var check in health.OrderBy(check => check.Provider, StringComparer.Ordinal))
        {
            yield return new DoctorCheck("provider " + check.Provider, check.Health.Status == HealthStatus.Healthy, Required: false, check.Health.Message, Fix: null);
        }

        var any = health.Any(check => check.Health.Status == HealthStatus.Healthy);
        yield return new DoctorCheck("a usable provider", any, Required: true, any ? "yes" : "none", $"install one of the agents above, or add a command provider to {ConfigurationSources.UserFile}");
    }

    private static DoctorCheck Program(string name, bool required, string fix)
    {
        var path = Executables.Find(name, Environment.CurrentDirectory);
        return new DoctorCheck(name, path is not null, required, path ?? "not on PATH", fix);
    }

    private static DoctorCheck ConfinementCheck()
    {
        var supported = WriteConfinement.IsSupported;
        return new DoctorCheck(
            "confinement", supported, Required: false,
            supported ? "Landlock: agents can write to their workspace only" : "not available: writes outside a workspace are found, not prevented",
            "Linux 5.13 or newer with Landlock switched on (lsm=landlock,…)");
    }

    private static async ValueTask<DoctorCheck> StateAsync(CliHost host, CancellationToken cancellationToken)
    {
        try
        {
            var chain = await host.Services.GetRequiredService<IOperationLog>().VerifyAsync(cancellationToken);
            var words = chain.IsIntact ? $"{host.StateDirectory}: {chain.Entries} audit entries, intact" : $"{host.StateDirectory}: the audit trail is broken at entry {chain.FirstBadSequence}";
            return new DoctorCheck("state", chain.IsIntact, Required: true, words, "keep the database for inquiry and choose another directory with --state");
        }
        catch (OrchestratorException error)
        {
            return new DoctorCheck("state", Ok: false, Required: true, error.Message, "choose another directory with --state");
        }
    }
}
