using System.Numerics;
using System.Runtime.InteropServices;

namespace Orchestrator.Routing.Admission;

/// <summary>All tickets: the free ones in stacks, one for each processor so that no line of memory is shared by all, and those that attempts hold, so that a lost one is found.</summary>
/// <remarks>Thread-safe. Taking and returning takes no lock; growing and looking for lost ones does.</remarks>
internal sealed class AdmissionTickets
{
    private readonly Stripe[] _stripes = new Stripe[BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount)];

    // Guards the replacement of the table and of its entries.
    private readonly Lock _growing = new();
    private AdmissionTicket[] _all = new AdmissionTicket[16];
    private int _count;
    private long _nextSweep;

    public AdmissionTicket Take()
    {
        // One of another processor before a new one: a thread that moves does not make the table grow.
        var own = Thread.GetCurrentProcessorId();
        for (var i = 0; i < _stripes.Length; i++)
        {
            if (TryTake((own + i) & (_stripes.Length - 1)) is { } ticket)
            {
                return ticket;
            }
        }

        return Grow(own & (_stripes.Length - 1));
    }

    /// <summary>Puts a ticket that nobody holds back on its stack.</summary>
    public void Return(AdmissionTicket ticket)
    {
        ref var head = ref _stripes[ticket.Stripe].Head;
        while (true)
        {
            var seen = Volatile.Read(ref head);
            ticket.Next = (int)seen;
            if (Interlocked.CompareExchange(ref head, Retag(seen, ticket.Index + 1), seen) == seen)
            {
                return;
            }
        }
    }

    /// <summary>Gives back what attempts hold whose time is over. Looks at most once a second.</summary>
    public void Sweep(long now)
    {
        var due = Volatile.Read(ref _nextSweep);
        if (now >= due && Interlocked.CompareExchange(ref _nextSweep, now + TimeSpan.TicksPerSecond, due) == due)
        {
            SweepAll(now);
        }
    }

    // The upper half counts the changes: a stack that looks the same but was changed meanwhile is not taken for unchanged.
    private static long Retag(long seen, int place) => ((seen >> 32) + 1 << 32) | (uint)place;

    private AdmissionTicket? TryTake(int stripe)
    {
        ref var head = ref _stripes[stripe].Head;
        while (true)
        {
            var seen = Volatile.Read(ref head);
            var place = (int)seen;
            if (place == 0)
            {
                return null;
            }

            var ticket = Volatile.Read(ref _all)[place - 1];
            if (Interlocked.CompareExchange(ref head, Retag(seen, ticket.Next), seen) == seen)
            {
                return ticket;
            }
        }
    }

    private void SweepAll(long now)
    {
        lock (_growing)
        {
            for (var i = 0; i < _count; i++)
            {
                var ticket = _all[i];
                if (!ticket.IsActive || !ticket.IsOver(now) || ticket.LockWhenOver(now) is var version && version < 0)
                {
                    continue;
                }

                ticket.GiveBack();
                ticket.Unlock(version, TicketState.Expired);

                // Whoever still holds the lost ticket may book to it; the table goes on with a new one.
                _all[i] = new AdmissionTicket(i, ticket.Stripe);
                Return(_all[i]);
            }
        }
    }

    private AdmissionTicket Grow(int stripe)
    {
        lock (_growing)
        {
            if (_count == _all.Length)
            {
                var larger = new AdmissionTicket[_all.Length * 2];
                _all.CopyTo(larger, 0);
                Volatile.Write(ref _all, larger);
            }

            return _all[_count] = new AdmissionTicket(_count++, stripe);
        }
    }

    /// <summary>The top of one stack: changes so far, and the place of the ticket from 1. Alone in two lines of memory.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Stripe
    {
        public long Head;
    }
}
