using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Routing;
using Orchestrator.Routing.Health;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator providers</c>: what there is, and whether it can work.</summary>
internal static class ProvidersCommand
{
    public static Command Create(GlobalOptions global)
    {
        var repository = new Option<string>("--repo") { Description = "The repository whose orchestrator.json is read.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var command = new Command("providers", "List the providers and check whether they can work. Spends no tokens.") { repository };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var host = await CliHost.CreateAsync(context, parsed.GetValue(repository), cancellationToken);
            var health = await host.Services.GetRequiredService<ProviderHealthChecks>().CheckAsync(cancellationToken);
            var registry = host.Services.GetRequiredService<IProviderRegistry>();
            foreach (var check in health.OrderBy(check => check.Provider, StringComparer.Ordinal))
            {
                context.Output.Write(new CliLine { Type = "provider", Provider = new ProviderStatus(registry.Find(check.Provider)!.Descriptor, check.Health) });
            }

            return ExitCodes.Success;
        }));
        return command;
    }
}
