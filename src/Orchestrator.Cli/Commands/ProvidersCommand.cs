using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Routing.Health;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator providers</c>: what there is, whether it can work, and how it stands.</summary>
internal static class ProvidersCommand
{
    public static Command Create(GlobalOptions global)
    {
        var repository = new Option<string>("--repo") { Description = "The repository whose orchestrator.json is read.", HelpName = "DIR", DefaultValueFactory = _ => ".", Recursive = true };
        var command = new Command("providers", "List the providers, check whether they can work, and show how they stand: circuit breaker, limits, budgets, success. Spends no tokens.") { repository };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            _ = await WriteAsync(context, parsed.GetValue(repository), [], cancellationToken);
            return ExitCodes.Success;
        }));
        command.Subcommands.Add(CreateCheck(global, repository));
        return command;
    }

    private static Command CreateCheck(GlobalOptions global, Option<string> repository)
    {
        var names = new Argument<string[]>("name") { Description = "The providers.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("check", "Check whether providers can work: program, version, key, and what each can find out without spending tokens. Exit code 1 when one cannot.") { names };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
            await WriteAsync(context, parsed.GetValue(repository), parsed.GetValue(names) ?? [], cancellationToken) ? ExitCodes.Success : ExitCodes.Failed));
        return command;
    }

    /// <summary>Checks and writes the named providers, or all.</summary>
    /// <returns>Whether all of them can work.</returns>
    private static async Task<bool> WriteAsync(CliContext context, string? repository, string[] names, CancellationToken cancellationToken)
    {
        await using var host = await CliHost.CreateAsync(context, repository, cancellationToken);
        await host.LoadRoutingStateAsync(cancellationToken);
        var registry = host.Services.GetRequiredService<IProviderRegistry>();
        var statuses = host.Services.GetRequiredService<IProviderStatuses>();
        var all = true;
        foreach (var check in (await CheckAsync(host.Services.GetRequiredService<ProviderHealthChecks>(), names, cancellationToken)).OrderBy(check => check.Provider, StringComparer.Ordinal))
        {
            all &= check.Health.Status == HealthStatus.Healthy;
            var line = new ProviderLine(registry.Find(check.Provider)!.Descriptor, check.Health, statuses.Get(check.Provider));
            context.Output.Write(new CliLine { Type = "provider", Provider = line });
        }

        return all;
    }

    private static async Task<IReadOnlyList<ProviderCheck>> CheckAsync(ProviderHealthChecks checks, string[] names, CancellationToken cancellationToken)
    {
        if (names.Length == 0)
        {
            return await checks.CheckAsync(cancellationToken);
        }

        var results = new List<ProviderCheck>();
        foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            results.Add(await checks.CheckAsync(name, cancellationToken));
        }

        return results;
    }
}
