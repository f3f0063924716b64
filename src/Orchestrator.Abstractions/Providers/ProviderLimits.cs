namespace Orchestrator.Providers;

/// <summary>How much a provider may be used; <see langword="null"/> means without limit.</summary>
public sealed record ProviderLimits
{
    /// <summary>Executions at the same time.</summary>
    public int? Concurrent { get; init => field = Require.OptionalAtLeast(value, 1); }

    /// <summary>Executions started in any minute.</summary>
    public int? RequestsPerMinute { get; init => field = Require.OptionalAtLeast(value, 1); }

    /// <summary>Tokens used in any minute.</summary>
    public long? TokensPerMinute { get; init => field = Require.OptionalAtLeast(value, 1); }

    /// <summary>Executions started in a day, counted from midnight UTC.</summary>
    public int? RequestsPerDay { get; init => field = Require.OptionalAtLeast(value, 1); }
}
