using System.Runtime.InteropServices;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Limits;
using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Admission;

/// <summary>What one admitted attempt holds. Used again for later attempts: a handle knows the version that it stands for.</summary>
internal sealed class AdmissionTicket(int index, int stripe)
{
    private const int StateBits = 2;

    private TicketClaim[] _claims = new TicketClaim[4];
    private int _claimCount;
    private Word _word;

    public int Index { get; } = index;

    public int Stripe { get; } = stripe;

    /// <summary>The place of the next free ticket, from 1; 0 for none.</summary>
    public int Next { get; set; }

    public AdmissionDesk Desk { get; private set; } = null!;

    public ProviderState[] States { get; private set; } = [];

    public int Candidate { get; private set; }

    public string AttemptId { get; private set; } = "";

    public long Nano { get; set; }

    public long Tokens { get; set; }

    /// <summary>Whether its tokens were taken from a limit of a minute.</summary>
    public bool IsMetered { get; set; }

    public ReadOnlySpan<TicketClaim> Claims => _claims.AsSpan(0, _claimCount);

    public ref ProviderState State => ref States[Candidate];

    public bool IsActive => (TicketState)(Volatile.Read(ref _word.State) & 3) == TicketState.Active;

    public long ExpiresAt => Volatile.Read(ref _word.ExpiresAt);

    public bool IsOver(long now) => Volatile.Read(ref _word.ExpiresAt) <= now;

    public void Add(BudgetPeriod period, BudgetConfig config)
    {
        if (_claimCount == _claims.Length)
        {
            Array.Resize(ref _claims, _claims.Length * 2);
        }

        // Nearly always the same budget and window as the attempt before: a reference that stays need not be written.
        ref var claim = ref _claims[_claimCount++];
        if (!claim.IsOf(period, config))
        {
            claim = new TicketClaim(period, config);
        }
    }

    /// <summary>Says whose it is; only before it is handed out. References that stay are not written.</summary>
    public void Assign(AdmissionDesk desk, ProviderState[] states, int candidate, string attemptId)
    {
        if (!ReferenceEquals(Desk, desk))
        {
            Desk = desk;
        }

        if (!ReferenceEquals(States, states))
        {
            States = states;
        }

        Candidate = candidate;
        AttemptId = attemptId;
    }

    /// <summary>Hands the ticket out.</summary>
    /// <returns>The version for the handle.</returns>
    public long Activate(long expiresAt)
    {
        Volatile.Write(ref _word.ExpiresAt, expiresAt);
        var version = _word.State >> StateBits;
        Unlock(version, TicketState.Active);
        return version;
    }

    /// <summary>Locks the ticket for the holder of a version.</summary>
    /// <returns>The state before; <see cref="TicketState.Free"/> when the version stands for nothing any more, and then nothing is locked.</returns>
    public TicketState Lock(long version)
    {
        var spin = default(SpinWait);
        while (true)
        {
            var seen = Volatile.Read(ref _word.State);
            var state = (TicketState)(seen & 3);
            if (seen >> StateBits != version || state == TicketState.Free)
            {
                return TicketState.Free;
            }

            if (state != TicketState.Busy && Interlocked.CompareExchange(ref _word.State, (version << StateBits) | (long)TicketState.Busy, seen) == seen)
            {
                return state;
            }

            spin.SpinOnce();
        }
    }

    public void Unlock(long version, TicketState state) => Volatile.Write(ref _word.State, (version << StateBits) | (long)state);

    /// <summary>Locks it when its time is over.</summary>
    /// <returns>The version; -1 when it is not over.</returns>
    public long LockWhenOver(long now)
    {
        var version = Volatile.Read(ref _word.State) >> StateBits;
        if (Lock(version) is var state && state == TicketState.Active && IsOver(now))
        {
            return version;
        }

        if (state != TicketState.Free)
        {
            Unlock(version, state);
        }

        return -1;
    }

    /// <summary>Changes how long it lasts; only while it is locked.</summary>
    public void ExpireAt(long time) => Volatile.Write(ref _word.ExpiresAt, time);

    /// <summary>Gives the slot and the money back; only while it is locked.</summary>
    public void GiveBack()
    {
        Slots.GiveBack(ref State.InFlight);
        GiveMoneyBack();
    }

    /// <summary>Gives what is reserved in budgets back; only while nobody else has the ticket.</summary>
    public void GiveMoneyBack()
    {
        foreach (ref readonly var claim in Claims)
        {
            claim.GiveBack(Nano, Tokens);
        }
    }

    /// <summary>Books what was spent to the windows it was reserved in; only while it is locked.</summary>
    /// <param name="nano">What it cost.</param>
    /// <param name="tokens">The tokens it used.</param>
    /// <param name="tokensPerMinute">The provider's limit as it is now, which may be another than when the attempt began; 0 without one.</param>
    /// <param name="isGivenBack">Whether its time was over and everything was given back.</param>
    public void Book(long nano, long tokens, long tokensPerMinute, bool isGivenBack)
    {
        foreach (ref readonly var claim in Claims)
        {
            claim.Settle(isGivenBack ? 0 : Nano, isGivenBack ? 0 : Tokens, nano, tokens);
        }

        // A limit that is gone, or new, since the attempt began was not paid to.
        if (IsMetered && tokensPerMinute != 0)
        {
            RateLimit.Correct(ref State.TokensFrom, RateLimit.CostOf(tokens, tokensPerMinute) - RateLimit.CostOf(Tokens, tokensPerMinute));
        }

        if (!isGivenBack)
        {
            Slots.GiveBack(ref State.InFlight);
        }
    }

    /// <summary>The claims as the state store takes them.</summary>
    public ValueList<BudgetClaim> ToStoreClaims()
    {
        var claims = new BudgetClaim[_claimCount];
        for (var i = 0; i < claims.Length; i++)
        {
            claims[i] = _claims[i].ToStoreClaim(Nano, Tokens);
        }

        return [.. claims];
    }

    /// <summary>Free for the next attempt; the version that its handles know stands for nothing from then on. References stay until they are written over.</summary>
    public void Clear()
    {
        _claimCount = 0;
        Unlock((_word.State >> StateBits) + 1, TicketState.Free);
    }

    /// <summary>Version and state in one number, and when its time is over. So large that two tickets of different processors share no line of memory.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 192)]
    private struct Word
    {
        public long State;
        public long ExpiresAt;
    }
}
