using Orchestrator.Routing.Registration;

namespace Orchestrator.Routing.Validation;

/// <summary>Checks what is set for single providers.</summary>
internal static class ProviderSettingsChecks
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>Checks all of them.</summary>
    /// <returns>Those that can be applied, by name: of wrong ones only the tags are kept, so that a rule about such a tag is not called wrong as well.</returns>
    public static IReadOnlyDictionary<string, ProviderSettings> Check(ProviderRoutingOptions options, ProviderRoster roster, SettingErrors errors)
    {
        var right = new Dictionary<string, ProviderSettings>(StringComparer.OrdinalIgnoreCase);
        if (!errors.NotNull(options.Providers, nameof(options.Providers)))
        {
            return right;
        }

        var names = roster.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var known = RoutingDomain.Known("providers", roster.Entries.Select(entry => entry.Name));
        foreach (var (name, settings) in options.Providers)
        {
            var at = $"{nameof(options.Providers)}[{name}]";
            var before = errors.Count;
            if (!names.Contains(name))
            {
                errors.Add($"{at}: there is no such provider. {known}");
            }

            if (right.ContainsKey(name))
            {
                errors.Add($"{at} occurs twice, with different case.");
            }

            if (errors.NotNull(settings, at))
            {
                Check(settings, at, errors);
                CheckFallbacks(settings, at, names, known, errors);
            }

            right[name] = errors.Count == before ? settings : new ProviderSettings { Tags = [.. (settings?.Tags ?? []).Where(tag => !string.IsNullOrWhiteSpace(tag))] };
        }

        return right;
    }

    private static void Check(ProviderSettings settings, string at, SettingErrors errors)
    {
        errors.AtLeast(settings.PricePerTaskUsd, 0, $"{at}.{nameof(settings.PricePerTaskUsd)}");
        errors.Between(settings.TypicalDuration, TimeSpan.Zero, Week, $"{at}.{nameof(settings.TypicalDuration)}");
        errors.AtLeast(settings.MaxConcurrent, 1, $"{at}.{nameof(settings.MaxConcurrent)}");
        errors.Between(settings.SuccessRate, 0, 1, $"{at}.{nameof(settings.SuccessRate)}");
        errors.AtLeast(settings.RequestsPerMinute, 1, $"{at}.{nameof(settings.RequestsPerMinute)}");
        errors.AtLeast(settings.TokensPerMinute, 1, $"{at}.{nameof(settings.TokensPerMinute)}");
        errors.AtLeast(settings.RequestsPerDay, 1, $"{at}.{nameof(settings.RequestsPerDay)}");
        errors.Between(settings.Weight, 0, 1_000_000, $"{at}.{nameof(settings.Weight)}");
        errors.Between(settings.Tier, 0, 1000, $"{at}.{nameof(settings.Tier)}");
        errors.Values(settings.TaskTypes, $"{at}.{nameof(settings.TaskTypes)}", mayBeEmpty: false);
        errors.Values(settings.Sources, $"{at}.{nameof(settings.Sources)}", mayBeEmpty: false);
        errors.NoEmpty(settings.Capabilities, $"{at}.{nameof(settings.Capabilities)}");
        errors.NoEmpty(settings.DataResidency, $"{at}.{nameof(settings.DataResidency)}");
        errors.NotNull(settings.Tags, $"{at}.{nameof(settings.Tags)}");
        errors.NoEmpty(settings.Tags, $"{at}.{nameof(settings.Tags)}");
        if (settings.Models is not null)
        {
            CheckModels(settings.Models, $"{at}.{nameof(settings.Models)}", errors);
        }
    }

    private static void CheckModels(IList<ModelSettings> models, string at, SettingErrors errors)
    {
        for (var i = 0; i < models.Count; i++)
        {
            var (model, here) = (models[i], $"{at}[{i}]");
            if (!errors.NotNull(model, here))
            {
                continue;
            }

            if (string.IsNullOrWhiteSpace(model.Name) || model.Name.Length > 200)
            {
                errors.Add($"{here}.{nameof(model.Name)} must be the model's name as the provider takes it, 1 to 200 characters.");
            }

            errors.AtLeast(model.ContextWindow, 1, $"{here}.{nameof(model.ContextWindow)}");
            errors.AtLeast(model.InputUsd, 0, $"{here}.{nameof(model.InputUsd)}");
            errors.AtLeast(model.CachedInputUsd, 0, $"{here}.{nameof(model.CachedInputUsd)}");
            errors.AtLeast(model.CacheWriteUsd, 0, $"{here}.{nameof(model.CacheWriteUsd)}");
            errors.AtLeast(model.OutputUsd, 0, $"{here}.{nameof(model.OutputUsd)}");
        }

        errors.Unique(models.Select(model => model?.Name), $"models of {at}");
    }

    private static void CheckFallbacks(ProviderSettings settings, string at, HashSet<string> names, string known, SettingErrors errors)
    {
        if (!errors.NotNull(settings.Fallbacks, $"{at}.{nameof(settings.Fallbacks)}"))
        {
            return;
        }

        for (var i = 0; i < settings.Fallbacks.Count; i++)
        {
            if (settings.Fallbacks[i] is not { } fallback || !names.Contains(fallback))
            {
                errors.Add($"{at}.{nameof(settings.Fallbacks)}[{i}] is '{settings.Fallbacks[i]}'; there is no such provider. {known}");
            }
        }

        foreach (var twice in settings.Fallbacks.Where(fallback => fallback is not null).GroupBy(fallback => fallback, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            errors.Add($"{at}.{nameof(settings.Fallbacks)} names '{twice.Key}' {twice.Count()} times; once is enough.");
        }
    }
}
