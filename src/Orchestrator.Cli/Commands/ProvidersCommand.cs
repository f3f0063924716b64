using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Routing;
using Orchestrator.Routing.Health;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator providers</c>: what there is, whether it can work, and how it stands.</summary>
internal static class ProvidersCommand
{
    public static Command Create(GlobalOptions global)
    {
        var repository = new Option<string>("--repo") { Description = "The repository whose orchestrator.json is read.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var command = new Command("providers", "List the providers, check whether they can work, and show how they stand: circuit breaker, limits, budgets, success. Spends no tokens.") { repository };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var host = await CliHost.CreateAsync(context, parsed.GetValue(repository), cancellationToken);
            await host.LoadRoutingStateAsync(cancellationToken);
            var health = await host.Services.GetRequiredService<ProviderHealthChecks>().CheckAsync(cancellationToken);
            var registry = host.Services.GetRequiredService<IProviderRegistry>();
            var statuses = host.Services.GetRequiredService<IProviderStatuses>();
            foreach (var check in health.OrderBy(check => check.Provider, StringComparer.Ordinal))
            {
                var line = new ProviderLine(registry.Find(check.Provider)!.Descriptor, check.Health, statuses.Get(check.Provider));
                context.Output.Write(new CliLine { Type = "provider", Provider = line });
            }

            return ExitCodes.Success;
        }));
        return command;
    }
}
