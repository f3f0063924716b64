using Microsoft.Extensions.Options;
using Orchestrator.Containers.Leasing;

namespace Orchestrator.Containers.Pools;

/// <summary>Checks the balancer's settings with all pools, and reports every error.</summary>
internal sealed class ContainerBalancerOptionsValidator(IEnumerable<IInstanceSelectionPolicy> policies) : IValidateOptions<ContainerBalancerOptions>
{
    private const int MaxNameLength = 40;

    public ValidateOptionsResult Validate(string? name, ContainerBalancerOptions options)
    {
        var errors = new PoolErrors();
        errors.Between<TimeSpan>(options.ReconcileInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), nameof(options.ReconcileInterval));
        errors.Between<TimeSpan>(options.ListInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(options.ListInterval));
        errors.Between<int>(options.StartConcurrency, 1, 64, nameof(options.StartConcurrency));
        if (!Identifiers.IsName(options.Owner))
        {
            errors.Add(nameof(options.Owner), $"is '{options.Owner}'; use 1 to {Identifiers.MaxLength} ASCII letters, digits, '.', '_' or '-', beginning with a letter or digit.");
        }

        var added = policies.Select(policy => policy.Name).ToList();
        foreach (var twice in added.Where(SelectionPolicies.IsBuiltIn).Concat(added.GroupBy(policy => policy, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key)).Distinct())
        {
            errors.Add($"The selection policy '{twice}'", "is there twice; give the one that was added another name.");
        }

        Pools(options, added, errors);
        return errors.All.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.All);
    }

    private static void Pools(ContainerBalancerOptions options, List<string> policies, PoolErrors errors)
    {
        if (!errors.NotNull(options.Pools, nameof(options.Pools)))
        {
            return;
        }

        foreach (var (pool, settings) in options.Pools)
        {
            var at = $"{nameof(options.Pools)}:{pool}";
            if (!Identifiers.IsName(pool) || pool.Length > MaxNameLength)
            {
                errors.Add(at, $"is no name for a pool; use 1 to {MaxNameLength} ASCII letters, digits, '.', '_' or '-', beginning with a letter or digit.");
            }

            if (errors.NotNull(settings, at))
            {
                PoolChecks.Check(settings, at, policies, errors);
            }
        }
    }
}
