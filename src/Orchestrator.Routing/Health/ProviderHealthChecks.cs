using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Providers;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Routing.Selection;

namespace Orchestrator.Routing.Health;

/// <summary>Asks providers whether they can work, and tells the router about those that cannot.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ProviderHealthChecks
{
    private readonly ProviderRegistry _registry;
    private readonly TimeProvider _time;
    private readonly ILogger<ProviderHealthChecks> _logger;

    /// <summary>Creates the checks.</summary>
    /// <param name="registry">The providers.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">Where unhealthy providers are logged; <see langword="null"/> for nowhere.</param>
    public ProviderHealthChecks(ProviderRegistry registry, TimeProvider? timeProvider = null, ILogger<ProviderHealthChecks>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _registry = registry;
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<ProviderHealthChecks>.Instance;
    }

    /// <summary>Checks every provider, disabled ones included, all at once. A provider that is not done in time is unhealthy.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One result a provider, in ordinal order of names.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<ValueList<ProviderCheck>> CheckAsync(CancellationToken cancellationToken = default)
    {
        var providers = _registry.Snapshot.Providers;
        var checks = new Task<ProviderCheck>[providers.Count];
        for (var i = 0; i < checks.Length; i++)
        {
            checks[i] = CheckAsync(providers[i], i, cancellationToken);
        }

        return [.. await Task.WhenAll(checks).ConfigureAwait(false)];
    }

    /// <summary>Checks one provider, also a disabled one.</summary>
    /// <param name="provider">Its name, in any case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<ProviderCheck> CheckAsync(string provider, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var snapshot = _registry.Snapshot;
        return snapshot.Indexes.TryGetValue(provider, out var candidate)
            ? await CheckAsync(snapshot.Providers[candidate], candidate, cancellationToken).ConfigureAwait(false)
            : throw new ArgumentException(RoutingMessages.UnknownProvider(snapshot, provider), nameof(provider));
    }

    private async Task<ProviderCheck> CheckAsync(RegisteredProvider provider, int candidate, CancellationToken cancellationToken)
    {
        var config = _registry.Snapshot.Config;
        var start = _time.GetTimestamp();
        var health = await AskAsync(provider, config.HealthCheckTimeout, cancellationToken).ConfigureAwait(false);
        if (health.Status == HealthStatus.Unhealthy)
        {
            Log.Unhealthy(_logger, provider.Name, health.Message);
            Volatile.Write(ref _registry.HealthMessages[candidate], health.Message);
        }

        _registry.Health.Checked(_registry.Snapshot, candidate, health, _time.GetUtcNow());
        return new ProviderCheck(provider.Name, health, _time.GetElapsedTime(start));
    }

    private async Task<ProviderHealth> AskAsync(RegisteredProvider provider, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (provider.Agent is not { } agent)
        {
            return new ProviderHealth { Status = HealthStatus.Unknown, Message = "This host has no agent of it that could be asked." };
        }

        using var limit = new CancellationTokenSource(timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A provider that works before its first await, or ignores the token, must not hold up the others.
            return await Task.Run(() => agent.CheckHealthAsync(both.Token).AsTask(), both.Token).WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unhealthy($"The health check was not done within {timeout.TotalSeconds:0.###} s.");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.HealthCheckBroke(_logger, error, provider.Name);
            return Unhealthy(error is OrchestratorException known ? known.Message : $"The health check broke ({error.GetType().Name}); see the log.");
        }
    }

    private static ProviderHealth Unhealthy(string message) => new() { Status = HealthStatus.Unhealthy, Message = message };
}
