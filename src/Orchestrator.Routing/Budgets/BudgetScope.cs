using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>Who shares a budget.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<BudgetScope>))]
public enum BudgetScope
{
    /// <summary>All tasks.</summary>
    All = 0,

    /// <summary>The tasks that one provider works on.</summary>
    Provider,

    /// <summary>The tasks with one value of the label <see cref="ProviderRoutingOptions.TenantLabel"/>; a task without it belongs to the tenant with the empty name.</summary>
    Tenant,

    /// <summary>All attempts at one task.</summary>
    Task,
}
