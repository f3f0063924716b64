using Microsoft.Extensions.Options;
using Orchestrator.Providers;

namespace Orchestrator.Routing.DependencyInjection;

/// <summary>Checks the settings against each other and against the providers that there are, and reports every error.</summary>
internal sealed class ProviderRoutingOptionsValidator(IEnumerable<IAgentProvider> providers) : IValidateOptions<ProviderRoutingOptions>
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public ValidateOptionsResult Validate(string? name, ProviderRoutingOptions options)
    {
        var errors = FindErrors(options, [.. providers.Select(provider => provider.Descriptor.Name)]);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    public static IReadOnlyList<string> FindErrors(ProviderRoutingOptions options, IReadOnlyList<string> names)
    {
        var errors = new List<string>();
        foreach (var group in names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            errors.Add($"{group.Count()} providers are named '{group.Key}': names must differ, also in more than their case.");
        }

        CheckNumbers(options, errors);
        CheckTimes(options, errors);
        CheckProviders(options, names, errors);
        return errors;
    }

    private static void CheckNumbers(ProviderRoutingOptions options, List<string> errors)
    {
        AtLeastZero(options.RetryCostUsd, nameof(options.RetryCostUsd), errors);
        AtLeastZero(options.ValueOfTimeUsdPerHour, nameof(options.ValueOfTimeUsdPerHour), errors);
        AtLeastZero(options.PreferredModelBonusUsd, nameof(options.PreferredModelBonusUsd), errors);
        AtLeastZero(options.TypicalInputTokens, nameof(options.TypicalInputTokens), errors);
        AtLeastZero(options.TypicalOutputTokens, nameof(options.TypicalOutputTokens), errors);
        if (options.MaxFallbacks is < 0 or > 63)
        {
            errors.Add($"{nameof(options.MaxFallbacks)} is {options.MaxFallbacks}; it must be from 0 to 63.");
        }
    }

    private static void CheckTimes(ProviderRoutingOptions options, List<string> errors)
    {
        Between(options.HealthCheckTimeout, Tick, TimeSpan.FromMinutes(10), nameof(options.HealthCheckTimeout), errors);
        Between(options.HealthCheckValidity, TimeSpan.FromSeconds(1), Day, nameof(options.HealthCheckValidity), errors);
        if (options.Breaker is not { } breaker)
        {
            errors.Add($"{nameof(options.Breaker)} must not be null.");
            return;
        }

        const string At = nameof(options.Breaker) + ".";
        Between(breaker.BreakDuration, Tick, Day, At + nameof(breaker.BreakDuration), errors);
        Between(breaker.MaxBreakDuration, breaker.BreakDuration, Week, At + nameof(breaker.MaxBreakDuration), errors);
        Between(breaker.FatalBreakDuration, Tick, Week, At + nameof(breaker.FatalBreakDuration), errors);
        Between(breaker.QuotaDelay, Tick, Week, At + nameof(breaker.QuotaDelay), errors);
        Between(breaker.RateLimitDelay, Tick, Week, At + nameof(breaker.RateLimitDelay), errors);
        Between(breaker.ProbeTimeout, Tick, Day, At + nameof(breaker.ProbeTimeout), errors);
        if (breaker.FailureThreshold is < 1 or > 1000)
        {
            errors.Add($"{At}{nameof(breaker.FailureThreshold)} is {breaker.FailureThreshold}; it must be from 1 to 1000.");
        }
    }

    private static void CheckProviders(ProviderRoutingOptions options, IReadOnlyList<string> names, List<string> errors)
    {
        if (options.Providers is null)
        {
            errors.Add($"{nameof(options.Providers)} must not be null.");
            return;
        }

        var known = names.Count == 0 ? "there are none" : string.Join(", ", names.Order(StringComparer.Ordinal));
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, settings) in options.Providers)
        {
            var at = $"{nameof(options.Providers)}[{name}]";
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                errors.Add($"{at}: there is no such provider. Known providers: {known}.");
            }

            if (!seen.Add(name))
            {
                errors.Add($"{at} occurs twice, with different case.");
            }

            CheckSettings(settings, at, errors);
        }
    }

    private static void CheckSettings(ProviderSettings? settings, string at, List<string> errors)
    {
        if (settings is null)
        {
            errors.Add($"{at} must not be null.");
            return;
        }

        AtLeastZero(settings.PricePerTaskUsd ?? 0, $"{at}.{nameof(settings.PricePerTaskUsd)}", errors);
        Between(settings.TypicalDuration ?? TimeSpan.Zero, TimeSpan.Zero, Week, $"{at}.{nameof(settings.TypicalDuration)}", errors);
        if (settings.MaxConcurrent < 1)
        {
            errors.Add($"{at}.{nameof(settings.MaxConcurrent)} is {settings.MaxConcurrent}; it must be at least 1.");
        }

        if (settings.SuccessRate is { } rate && !(rate >= 0 && rate <= 1))
        {
            errors.Add($"{at}.{nameof(settings.SuccessRate)} is {rate}; it must be from 0 to 1.");
        }
    }

    private static void AtLeastZero(decimal value, string name, List<string> errors)
    {
        if (value < 0)
        {
            errors.Add($"{name} is {value}; it must be at least 0.");
        }
    }

    private static void Between(TimeSpan value, TimeSpan minimum, TimeSpan maximum, string name, List<string> errors)
    {
        if (value < minimum || value > maximum)
        {
            errors.Add($"{name} is {value}; it must be from {minimum} to {maximum}.");
        }
    }
}
