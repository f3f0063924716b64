using System.CommandLine;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Auditing;
using Orchestrator.Cli.Configuration;
using Orchestrator.Cli.Output;
using Orchestrator.Providers;
using Orchestrator.Providers.Processes;
using Orchestrator.Routing;
using Orchestrator.Routing.Health;
using Orchestrator.Secrets;

namespace Orchestrator.Cli.Commands.Doctor;

/// <summary><c>orchestrator doctor</c>: what is installed and in which version, which keys are there by name, what this machine can hold back, what is missing and how to get it.</summary>
internal static class DoctorCommand
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("doctor", "Check this machine: programs and their versions, keys (by name only), what agents are held back by, providers, state directory. Exit code 1 when something required is missing.");
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

    private static async IAsyncEnumerable<DoctorCheck> ChecksAsync(CliHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Program("git", required: true, "install git 2.30 or newer: https://git-scm.com, or `apt-get install git`");
        yield return Program("dotnet", required: false, "needed by the dotnet-format provider: https://dot.net");
        foreach (var check in SandboxChecks.All())
        {
            yield return check;
        }

        yield return await StateAsync(host, cancellationToken);
        var secrets = new SecretChecks([.. host.Services.GetServices<ISecretProvider>()]);
        await foreach (var check in secrets.AllAsync(SecretsOf(host), cancellationToken))
        {
            yield return check;
        }

        var health = await host.Services.GetRequiredService<ProviderHealthChecks>().CheckAsync(cancellationToken);
        foreach (var check in health.OrderBy(check => check.Provider, StringComparer.Ordinal))
        {
            yield return Provider(check);
        }

        var any = health.Any(check => check.Health.Status == HealthStatus.Healthy);
        yield return new DoctorCheck("a usable provider", any, Required: true, any ? "yes" : "none", $"install one of the agents above, or add a command provider to {ConfigurationSources.UserFile}");
    }

    private static DoctorCheck Program(string name, bool required, string fix)
    {
        var path = Executables.Find(name, Environment.CurrentDirectory);
        return new DoctorCheck(name, path is not null, required, path ?? "not on PATH", fix);
    }

    /// <summary>The names that the shipped providers know, and those that configured ones need.</summary>
    private static IEnumerable<string> SecretsOf(CliHost host) => SecretNames.All
        .Concat(host.Services.GetRequiredService<IProviderRegistry>().Providers.SelectMany(provider => provider.Descriptor.SecretNames)).Distinct(StringComparer.Ordinal);

    private static DoctorCheck Provider(ProviderCheck check)
    {
        // What holds for the whole machine is told once, by the checks of the machine.
        var details = check.Health.Details.Where(detail => detail.Key is not ("confinement" or "containment")).ToList();
        return new DoctorCheck("provider " + check.Provider, check.Health.Status == HealthStatus.Healthy, Required: false, check.Health.Message, Fix: null)
        {
            Details = details.Count == 0 ? null : new ValueMap(details),
        };
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
