using Orchestrator.Providers.Containers;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Proxy;

/// <summary>What a proxy of one execution is to do.</summary>
internal sealed record CredentialProxyRequest
{
    /// <summary>The execution that alone may use it.</summary>
    public required string ExecutionId { get; init; }

    public required ModelProtocol Protocol { get; init; }

    /// <summary>The model's real address, in the form that the CLI would be given.</summary>
    public required Uri Upstream { get; init; }

    /// <summary>The real key. It leaves this process only in requests to <see cref="Upstream"/>.</summary>
    public required SecretValue Key { get; init; }

    /// <summary>What the execution may cost, in US dollars; <see langword="null"/> for no limit. Needs <see cref="CostOf"/>.</summary>
    public decimal? BudgetUsd { get; init; }

    /// <summary>The socket to listen on instead of a port of this machine; <see langword="null"/> for a port.</summary>
    public ProxyDoor? Door { get; init; }

    /// <summary>What tokens cost; gives <see langword="null"/> when nobody knows.</summary>
    public Func<TokenUsage, decimal?> CostOf { get; init; } = static _ => null;
}
