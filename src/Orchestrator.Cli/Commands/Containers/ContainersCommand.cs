using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Output;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orchestrator containers</c>: the pools of the hosts that share the database.</summary>
internal static class ContainersCommand
{
    /// <summary>The command that lists what there is.</summary>
    public const string SeeList = "orchestrator containers list";

    public static Command Create(GlobalOptions global) => new("containers", "Look at pools of containers, scale them, restart, drain and weigh their instances.")
    {
        List(global),
        Scale(global),
        Touch(global, PoolRequestKind.Restart, "restart", "Replace an instance, by force when it is stuck. Its leases end."),
        Touch(global, PoolRequestKind.Drain, "drain", "Give an instance no new leases, and remove it when the last one ends."),
        Weight(global),
        LogsCommand.Create(global),
        TopCommand.Create(global),
    };

    private static Command List(GlobalOptions global)
    {
        var pool = new Argument<string?>("pool") { Description = "The pool; all when it is left out.", Arity = ArgumentArity.ZeroOrOne };
        return HostedCommand.Create<IContainerPoolState>(
            global, "list", "List the pools with their instances, as their hosts told them last.", [pool], async (state, parsed, context, cancellationToken) =>
            {
                var told = await ToldPools.ReadAsync(state, context.Time, cancellationToken);
                var name = parsed.GetValue(pool);
                if (name is not null && told.Of(name).Count == 0)
                {
                    return Unknown(context, told, name);
                }

                foreach (var line in name is null ? told.All : told.Of(name))
                {
                    context.Output.Write(new CliLine { Type = "pool", Pool = line });
                }

                return ExitCodes.Success;
            });
    }

    private static Command Scale(GlobalOptions global)
    {
        var pool = new Argument<string>("pool") { Description = "The pool." };
        var instances = new Argument<int>("instances") { Description = "How many instances it shall have, within its settings." };
        var (worker, timeout) = (Worker(), Timeout());
        return HostedCommand.Create<IContainerPoolState>(
            global, "scale", "Set how many instances a pool shall have. Its host does it.", [pool, instances, worker, timeout], async (state, parsed, context, cancellationToken) =>
            {
                var count = parsed.GetRequiredValue(instances);
                ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(instances));
                var told = await ToldPools.ReadAsync(state, context.Time, cancellationToken);
                var name = parsed.GetRequiredValue(pool);
                if (told.Of(name) is { Count: 0 })
                {
                    return Unknown(context, told, name);
                }

                return ToldPools.Host(context, $"pool {name}", told.Of(name), parsed.GetValue(worker)) is not { } host
                    ? ExitCodes.Failed
                    : await new PoolRequester(state, context).AskAsync(
                        host, parsed.GetValue(timeout)!.Value, request => request with { Kind = PoolRequestKind.Scale, Instances = count }, $"pool {host.Status.Pool}: shall have {count} instances.", cancellationToken);
            });
    }

    private static Command Weight(GlobalOptions global)
    {
        var weight = new Argument<double>("weight") { Description = "Above 0, at most 1000; instances begin with 1." };
        return OfInstance(
            global, "weight", "Say how large a share of the leases an instance gets beside the others of its pool.", [weight], (parsed, instance) =>
            {
                var value = parsed.GetRequiredValue(weight);
                return (request => request with { Kind = PoolRequestKind.Weight, Instance = instance, Weight = value }, string.Create(CultureInfo.InvariantCulture, $"instance {instance}: weighs {value}."));
            });
    }

    private static Command Touch(GlobalOptions global, PoolRequestKind kind, string name, string description) => OfInstance(
        global, name, description, [], (_, instance) =>
            (request => request with { Kind = kind, Instance = instance }, $"instance {instance}: {(kind == PoolRequestKind.Restart ? "is replaced" : "takes no new leases")}."));

    /// <summary>A command that asks the host of an instance for something.</summary>
    /// <param name="global">The options of all commands.</param>
    /// <param name="name">The command.</param>
    /// <param name="description">What it does.</param>
    /// <param name="more">Its arguments beside the instance.</param>
    /// <param name="ask">What it asks of the instance, and what to say when it is done.</param>
    private static Command OfInstance(
        GlobalOptions global, string name, string description, Argument[] more, Func<ParseResult, string, (Func<PoolRequest, PoolRequest> Fill, string Done)> ask)
    {
        var instance = new Argument<string>("instance") { Description = "The instance." };
        var (worker, timeout) = (Worker(), Timeout());
        return HostedCommand.Create<IContainerPoolState>(global, name, $"{description} Its host does it.", [instance, .. more, worker, timeout], async (state, parsed, context, cancellationToken) =>
        {
            var told = await ToldPools.ReadAsync(state, context.Time, cancellationToken);
            var which = parsed.GetRequiredValue(instance);
            if (told.With(which) is { Count: 0 })
            {
                return Changes.NotFound(context, $"instance {which}", SeeList);
            }

            var (fill, done) = ask(parsed, which);
            return ToldPools.Host(context, $"instance {which}", told.With(which), parsed.GetValue(worker)) is not { } host
                ? ExitCodes.Failed
                : await new PoolRequester(state, context).AskAsync(host, parsed.GetValue(timeout)!.Value, fill, done, cancellationToken);
        });
    }

    private static int Unknown(CliContext context, ToldPools told, string pool)
    {
        var names = told.All.Select(line => line.Status.Pool).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        context.Output.Error($"There is no pool {pool}; {(names.Count == 0 ? "no host has told of any" : $"known: {string.Join(", ", names)}")}. A pool is known while a host that has it in its settings runs.");
        return ExitCodes.Failed;
    }

    private static Option<string?> Worker() => new("--worker") { Description = "The worker whose host is meant, when several have the pool.", HelpName = "NAME" };

    private static Option<TimeSpan?> Timeout() =>
        Duration.Option("--timeout", "How long to wait for the host. What it has not taken by then never happens.", TimeSpan.FromSeconds(30));
}
