using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Orchestrator.Routing.Snapshots;

/// <summary>Copies the settings with everything in them, so that whatever the host does to its own object afterwards changes neither decisions nor their records.</summary>
/// <remarks>What the host left out, also where nothing may be left out, is left out in the copy: the validator speaks of it.</remarks>
internal static class OptionsCopy
{
    public static ProviderRoutingOptions Of(ProviderRoutingOptions options)
    {
        var copy = Shallow(options);
        copy.Providers = Map(options.Providers, Of);
        copy.Breaker = Shallow(options.Breaker);
        copy.Rules = List(options.Rules, Of);
        copy.Experiments = List(options.Experiments, Of);
        copy.Budgets = List(options.Budgets, Shallow);
        copy.Sticky = Shallow(options.Sticky);
        copy.Learning = Shallow(options.Learning);
        copy.Attempts = Shallow(options.Attempts);
        copy.ActiveHealth = Shallow(options.ActiveHealth);
        return copy;
    }

    private static ProviderSettings Of(ProviderSettings settings)
    {
        var copy = Shallow(settings);
        copy.TaskTypes = List(settings.TaskTypes);
        copy.Sources = List(settings.Sources);
        copy.Capabilities = List(settings.Capabilities);
        copy.Models = List(settings.Models, Shallow);
        copy.Tags = List(settings.Tags);
        copy.DataResidency = List(settings.DataResidency);
        copy.Fallbacks = List(settings.Fallbacks);
        return copy;
    }

    private static RoutingRule Of(RoutingRule rule)
    {
        var copy = Shallow(rule);
        copy.When = Copied(rule.When, Of);
        copy.Then = Copied(rule.Then, Of);
        return copy;
    }

    private static RoutingExperiment Of(RoutingExperiment experiment)
    {
        var copy = Shallow(experiment);
        copy.When = Copied(experiment.When, Of);
        copy.Arms = List(experiment.Arms, Of);
        return copy;
    }

    private static ExperimentArm Of(ExperimentArm arm)
    {
        var copy = Shallow(arm);
        copy.Then = Copied(arm.Then, Of);
        return copy;
    }

    private static TaskMatch Of(TaskMatch match)
    {
        var copy = Shallow(match);
        copy.TaskTypes = List(match.TaskTypes);
        copy.Sources = List(match.Sources);
        copy.Complexities = List(match.Complexities);
        copy.Profiles = List(match.Profiles);
        copy.Labels = Map(match.Labels, static value => value);
        copy.Repositories = List(match.Repositories);
        return copy;
    }

    private static RouteTarget Of(RouteTarget target)
    {
        var copy = Shallow(target);
        copy.Deny = List(target.Deny);
        return copy;
    }

    [return: NotNullIfNotNull(nameof(values))]
    private static IList<T>? List<T>(IList<T>? values) => values is null ? null : [.. values];

    [return: NotNullIfNotNull(nameof(values))]
    private static IList<T>? List<T>(IList<T>? values, Func<T, T> copy)
        where T : class => values is null ? null : [.. values.Select(value => Copied(value, copy))];

    // The comparer stays, as two names may differ in nothing but their case: that is the validator's to say.
    [return: NotNullIfNotNull(nameof(values))]
    private static Dictionary<string, T>? Map<T>(IDictionary<string, T>? values, Func<T, T> copy)
        where T : class
    {
        if (values is null)
        {
            return null;
        }

        var copies = new Dictionary<string, T>(values.Count, (values as Dictionary<string, T>)?.Comparer ?? StringComparer.Ordinal);
        foreach (var (key, value) in values)
        {
            copies.Add(key, Copied(value, copy));
        }

        return copies;
    }

    private static T Copied<T>(T value, Func<T, T> copy)
        where T : class => value is null ? value! : copy(value);

    // Takes every value along, those that later versions add included.
    private static T Shallow<T>(T value)
        where T : class => value is null ? value! : (T)Clone(value);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = nameof(MemberwiseClone))]
    private static extern object Clone(object value);
}
