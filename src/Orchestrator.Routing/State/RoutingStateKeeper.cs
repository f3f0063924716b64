using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.State;

/// <summary>Loads what the router remembers when the host starts, and saves what changed every few seconds and when it stops.</summary>
/// <remarks>Loads and saves go one after the other, whoever asks. Without a state store that lasts it only gives lost reservations back.</remarks>
internal sealed class RoutingStateKeeper(
    ProviderRegistry registry,
    IRoutingStateStore? store,
    StoredReservations? reservations,
    IEnumerable<IRoutingStateSource> sources,
    TimeProvider time,
    ILogger<RoutingStateKeeper> logger) : BackgroundService, IRoutingState
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly IRoutingStateSource[] _sources = [.. sources];
    private readonly Dictionary<(string Kind, string Key), string> _saved = [];

    // Whoever loads or saves holds it: what was saved must not change meanwhile.
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isLoaded;
    private DateTimeOffset _nextLook;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask LoadAsync(CancellationToken cancellationToken = default)
    {
        // Before anything is routed: the ledgers must exist to take the balances in.
        _ = registry.Budgets.PlanOf(registry.Snapshot);
        return TryLoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(CancellationToken cancellationToken = default) => TrySaveAsync(cancellationToken);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await TrySaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(registry.Options.StateSaveInterval, time, stoppingToken).ConfigureAwait(false);
                registry.Budgets.Sweep(time.GetUtcNow().UtcTicks);
                registry.Budgets.Expire(time.GetUtcNow().UtcTicks, isKeptElsewhere: reservations is not null);
                await TryLoadAsync(stoppingToken).ConfigureAwait(false);
                await TrySaveAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; StopAsync saves the rest.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    // A store that is down when the host starts is asked again until it answers.
    private async ValueTask TryLoadAsync(CancellationToken cancellationToken)
    {
        if (store is null || Volatile.Read(ref _isLoaded))
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isLoaded)
            {
                await LoadAsync(store, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.StateLoadFailed(logger, error);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask LoadAsync(IRoutingStateStore lasting, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var entries = await lasting.LoadAsync(cancellationToken).ConfigureAwait(false);
        foreach (var source in _sources)
        {
            Import(source, [.. entries.Where(entry => entry.Kind == source.Kind)], now);
        }

        var balances = reservations is null ? 0 : await reservations.LoadAsync(now, cancellationToken).ConfigureAwait(false);
        _nextLook = LookAgain(now, entries.Count);
        Volatile.Write(ref _isLoaded, true);
        Log.StateLoaded(logger, entries.Count, balances);
    }

    // What other processes say about what all share. The more entries there are, the less often they are read: a thousand of them once a second, at the most.
    private async ValueTask TakeOverAsync(IRoutingStateStore lasting, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var shared = Array.FindAll(_sources, source => source.IsShared);
        if (shared.Length == 0 || now < _nextLook)
        {
            return;
        }

        var entries = await lasting.LoadAsync(cancellationToken).ConfigureAwait(false);
        _nextLook = LookAgain(now, entries.Count);
        foreach (var source in shared)
        {
            Import(source, [.. entries.Where(entry => entry.Kind == source.Kind)], now);
        }
    }

    private static DateTimeOffset LookAgain(DateTimeOffset now, int entries) => now + TimeSpan.FromMilliseconds(Math.Min(entries, LongestPause.TotalMilliseconds));

    private void Import(IRoutingStateSource source, RoutingStateEntry[] entries, DateTimeOffset now)
    {
        foreach (var key in source.Import(entries, now))
        {
            Log.StateEntryIgnored(logger, source.Kind, key);
        }

        foreach (var entry in entries)
        {
            _saved[(entry.Kind, entry.Key)] = entry.Value;
        }
    }

    // What is gone, such as an old session, is forgotten here too; the store forgets it by its own retention.
    private void Remember(RoutingStateEntry[] entries)
    {
        _saved.Clear();
        foreach (var entry in entries)
        {
            _saved[(entry.Kind, entry.Key)] = entry.Value;
        }
    }

    private async ValueTask TrySaveAsync(CancellationToken cancellationToken)
    {
        // What was never loaded is not overwritten by what a fresh start believes.
        if (store is null || !Volatile.Read(ref _isLoaded))
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SaveAsync(store, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.StateSaveFailed(logger, error);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask SaveAsync(IRoutingStateStore lasting, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (reservations is not null)
        {
            await reservations.FlushAsync(now, cancellationToken).ConfigureAwait(false);
            await reservations.RefreshAsync(now, cancellationToken).ConfigureAwait(false);
        }

        await TakeOverAsync(lasting, now, cancellationToken).ConfigureAwait(false);
        RoutingStateEntry[] entries = [.. _sources.SelectMany(source => source.Export(now))];
        RoutingStateEntry[] changed = [.. entries.Where(entry => _saved.GetValueOrDefault((entry.Kind, entry.Key)) != entry.Value)];
        if (changed.Length > 0)
        {
            await lasting.SaveAsync([.. changed], cancellationToken).ConfigureAwait(false);
            Remember(entries);
        }
    }
}
