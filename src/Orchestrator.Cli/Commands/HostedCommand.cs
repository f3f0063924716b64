using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Cli.Commands;

/// <summary>A command that works on the database through one service of the assembled host; no worker runs.</summary>
internal static class HostedCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="global">The options of every command.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">Its help.</param>
    /// <param name="symbols">Its own options and arguments, in the order of the help.</param>
    /// <param name="action">Its work; returns the exit code.</param>
    /// <param name="demand">What it demands of the database.</param>
    public static Command Create<TService>(
        GlobalOptions global, string name, string description, IEnumerable<Symbol> symbols, Func<TService, ParseResult, CliContext, CancellationToken, Task<int>> action,
        DatabaseDemand demand = DatabaseDemand.None)
        where TService : notnull
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var host = await CliHost.OpenAsync(context, demand, cancellationToken);
            return await action(host.Services.GetRequiredService<TService>(), parsed, context, cancellationToken);
        }));
        return command;
    }
}
