using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.State;

/// <summary>Settlements that the store could not take, to be written later.</summary>
/// <remarks>Thread-safe. They are repeated as long as the store cannot be reached; one that a store refuses though it works is given up after <see cref="MostRefusals"/> times, with a log that tells what was not booked.</remarks>
internal sealed class PostponedSettlements(IRoutingStateStore store, ILogger logger)
{
    /// <summary>How often one is refused by a store that works before it is given up.</summary>
    public const int MostRefusals = 8;

    /// <summary>How many may fail one after the other before the rest is left for the next time.</summary>
    private const int MostInARow = 3;

    /// <summary>Give-backs beyond it are left out: what nobody gives back ends by itself.</summary>
    private const int MostGiveBacks = 10_000;

    private readonly ConcurrentQueue<Postponed> _waiting = new();

    // 1 while somebody writes, so that none is written twice at once.
    private int _isFlushing;

    public int Count => _waiting.Count;

    public void Add(BudgetSettlement settlement) => _waiting.Enqueue(new Postponed(settlement, 0));

    /// <summary>Gives a reservation back of which nobody knows whether it was made.</summary>
    public void AddGiveBack(string id)
    {
        if (_waiting.Count < MostGiveBacks)
        {
            Add(new BudgetSettlement(id, 0, 0, []));
        }
    }

    /// <summary>Writes those that wait. What fails goes to the end of the queue.</summary>
    /// <param name="settled">Is told what the store answers.</param>
    /// <param name="cancellationToken">Gives up; nothing is lost then.</param>
    public async ValueTask FlushAsync(Action<ValueList<BudgetBalance>> settled, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isFlushing, 1) != 0)
        {
            return;
        }

        var failed = new List<(Postponed Postponed, Exception Error)>();
        try
        {
            var (count, written, inARow) = (_waiting.Count, 0, 0);
            for (var i = 0; i < count && inARow < MostInARow && _waiting.TryPeek(out var next); i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    settled(await store.SettleAsync(next.Settlement, cancellationToken).ConfigureAwait(false));
                    (written, inARow) = (written + 1, 0);
                }
                catch (Exception error) when (!cancellationToken.IsCancellationRequested)
                {
                    failed.Add((next, error));
                    inARow++;
                }

                // Only here: one that is being written when the caller gives up stays.
                _waiting.TryDequeue(out _);
            }

            if (failed.Count > 0 && (written > 0 || await IsReachableAsync(failed[0].Postponed.Settlement.Id, cancellationToken).ConfigureAwait(false)))
            {
                failed = GiveUpRefused(failed);
            }
        }
        finally
        {
            foreach (var (postponed, _) in failed)
            {
                _waiting.Enqueue(postponed);
            }

            Volatile.Write(ref _isFlushing, 0);
        }
    }

    private List<(Postponed Postponed, Exception Error)> GiveUpRefused(List<(Postponed Postponed, Exception Error)> failed)
    {
        var kept = new List<(Postponed, Exception)>(failed.Count);
        foreach (var (postponed, error) in failed)
        {
            if (postponed.Refusals + 1 < MostRefusals)
            {
                kept.Add((postponed with { Refusals = postponed.Refusals + 1 }, error));
            }
            else
            {
                Log.SettlementGivenUp(logger, error, postponed.Settlement.Id, postponed.Settlement.NanoUsd, postponed.Settlement.Tokens);
            }
        }

        return kept;
    }

    // Renewing what is over or settled does nothing, and what is not lasts longer than that anyway.
    private async ValueTask<bool> IsReachableAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await store.RenewAsync(id, BudgetReservation.MinDuration, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private readonly record struct Postponed(BudgetSettlement Settlement, int Refusals);
}
