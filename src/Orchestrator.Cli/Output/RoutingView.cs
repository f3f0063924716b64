using System.Globalization;
using Orchestrator.Json;
using Orchestrator.Routing;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>Providers and kept decisions, for people.</summary>
internal sealed class RoutingView(IAnsiConsole console)
{
    /// <returns>Whether the line is of that kind.</returns>
    public bool TryWrite(CliLine line)
    {
        switch (line)
        {
            case { Provider: { } provider }:
                WriteProvider(provider);
                break;
            case { Decision: { } decision }:
                WriteDecision(decision);
                break;
            case { Replay: { } replay }:
                WriteReplay(replay, line.Message);
                break;
            default:
                return false;
        }

        return true;
    }

    private void WriteProvider(ProviderLine provider)
    {
        var (descriptor, status) = (provider.Descriptor, provider.Status);
        console.MarkupLineInterpolated($"[bold]{descriptor.Name,-16}[/] {descriptor.Kind.ToName(),-14} {provider.Health.Status.ToName(),-10} {Terminal.Safe(provider.Health.Message)}");
        if (provider.Health.Details.Count > 0)
        {
            Grey(Terminal.Safe(string.Join("; ", provider.Health.Details.Select(detail => $"{detail.Key} {detail.Value}"))));
        }

        Grey($"takes {string.Join(", ", descriptor.TaskTypes.Select(type => type.ToName()))}; can {string.Join(", ", descriptor.Capabilities)}");
        Grey(string.Join("; ", Standing(status)));
        Grey("expected to be right: " + string.Join(", ", status.SuccessRates.Select(rate => string.Create(CultureInfo.InvariantCulture, $"{rate.TaskType.ToName()} {rate.Rate:0.00}"))));
        foreach (var budget in status.Budgets)
        {
            Grey($"budget {Terminal.Safe(budget.Name)}: {Left(budget)}{(budget.RenewsAt is { } at ? $", anew at {at:u}" : "")}");
        }
    }

    private static IEnumerable<string> Standing(ProviderStatus status)
    {
        yield return status switch { { IsEnabled: false } => "disabled", { IsDraining: true } => "drained: takes no new work", _ => "takes work" };
        yield return $"breaker {status.Breaker.ToName()}{Until(status.BreakerOpenUntil)}";
        yield return $"runs {Number(status.InFlight)} of {(status.MaxConcurrent is { } most ? Number(most) : "any number")}";
        if (status.MaxRequestsPerDay is { } day)
        {
            yield return $"{Number(status.RequestsToday)} of {Number(day)} requests today";
        }

        foreach (var (what, until) in new[]
        {
            ("unhealthy", status.UnhealthyUntil), ("rate-limited", status.RateLimitedUntil), ("quota exhausted", status.QuotaExhaustedUntil), ("own limit reached", status.NextAttemptFrom),
        })
        {
            if (until is not null)
            {
                yield return what + Until(until);
            }
        }
    }

    private void WriteDecision(DecisionLine line)
    {
        var decision = line.Decision;
        var who = decision.Provider ?? "nobody";
        var why = decision.Because is { } because ? $"{decision.Reason.ToName()} {because}" : decision.Reason.ToName();
        console.MarkupLineInterpolated($"{decision.Id}  {line.At:u}  [bold]{who,-16}[/] {Terminal.Safe(why),-14} {line.TaskId}{(line.IsShadow ? "  shadow" : "")}");
        foreach (var outcome in line.Outcomes)
        {
            console.MarkupLineInterpolated($"[grey]{"",-36}  {outcome.At:u}  {outcome.Outcome.Provider,-16} {outcome.Outcome.Stage.ToName()}: {outcome.Outcome.Failure?.ToName() ?? "well"}[/]");
        }
    }

    private void WriteReplay(ReplayLine replay, string? explanation)
    {
        var colour = replay.IsSame ? "green" : "red";
        console.MarkupLine($"decision {replay.DecisionId} of task {Markup.Escape(replay.TaskId)}, {replay.At:u}: [{colour}]{(replay.IsSame ? "comes out the same" : "comes out differently")}[/] "
            + Markup.Escape($"({replay.Recorded.Provider ?? "nobody"})"));
        foreach (var difference in replay.Differences)
        {
            console.WriteLine("  - " + Terminal.Safe(difference));
        }

        foreach (var text in explanation is null ? [] : Terminal.SafeLines(explanation))
        {
            console.WriteLine(text);
        }
    }

    private void Grey(string text) => console.MarkupLineInterpolated($"[grey]{"",-16} {Terminal.Safe(text)}[/]");

    private static string Left(BudgetStatus budget) => string.Join(" and ", new[]
    {
        budget.MaxUsd is { } usd ? string.Create(CultureInfo.InvariantCulture, $"{budget.LeftUsd:0.####} of {usd:0.####} USD left") : null,
        budget.MaxTokens is { } tokens ? string.Create(CultureInfo.InvariantCulture, $"{budget.LeftTokens} of {tokens} tokens left") : null,
    }.Where(part => part is not null));

    private static string Until(DateTimeOffset? until) => until is { } at ? $" until {at:u}" : "";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
