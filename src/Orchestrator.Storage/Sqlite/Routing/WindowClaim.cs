using Orchestrator.Routing.State;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Sqlite.Routing;

/// <summary>All that one call wants of one window, as engines keep it.</summary>
internal sealed class WindowClaim
{
    /// <summary>The end of a window that never ends.</summary>
    public const long Never = long.MaxValue;

    public required BudgetKey Key { get; init; }

    public required string Budget { get; init; }

    public required string Owner { get; init; }

    public required long Start { get; init; }

    public required long End { get; init; }

    public required bool IsOfTask { get; init; }

    public long NanoUsd { get; private set; }

    public long Tokens { get; private set; }

    public long? MaxNanoUsd { get; private set; }

    public long? MaxTokens { get; private set; }

    /// <summary>The claims, in their order; those on one window count together.</summary>
    public static WindowClaim[] From(ValueList<BudgetClaim> claims, ISecretRedactor? redactor)
    {
        var windows = new List<WindowClaim>(claims.Count);
        foreach (var claim in claims)
        {
            if (claim.Key.Budget is null)
            {
                throw new ArgumentException("A claim names no window.", nameof(claims));
            }

            var (owner, start, end) = (Redaction.Text(redactor, claim.Key.Owner), claim.Key.WindowStart.ToMilliseconds(), claim.Key.WindowEnd.ToMilliseconds() ?? Never);
            var window = windows.Find(known => known.Budget == claim.Key.Budget && known.Owner == owner && known.Start == start && known.End == end);
            if (window is null)
            {
                window = new WindowClaim { Key = claim.Key, Budget = claim.Key.Budget, Owner = owner, Start = start, End = end, IsOfTask = claim.IsOfTask };
                windows.Add(window);
            }

            window.Add(claim);
        }

        return [.. windows];
    }

    /// <summary>Whether that much is left. Of what is used up not even nothing can be taken.</summary>
    public bool Fits(in BudgetBalance balance) =>
        Fits(NanoUsd, MaxNanoUsd, balance.SpentNanoUsd, balance.ReservedNanoUsd) && Fits(Tokens, MaxTokens, balance.SpentTokens, balance.ReservedTokens);

    /// <summary>How the window stands once this is reserved.</summary>
    public BudgetBalance Reserve(BudgetBalance balance) => balance with
    {
        ReservedNanoUsd = Sum(balance.ReservedNanoUsd, NanoUsd),
        ReservedTokens = Sum(balance.ReservedTokens, Tokens),
    };

    /// <summary>The sum, or the largest number when it is larger.</summary>
    public static long Sum(long one, long other) => one > long.MaxValue - other ? long.MaxValue : one + other;

    /// <summary>The window that columns name.</summary>
    public static BudgetKey ToKey(string budget, string owner, long start, long end) => new(budget, owner, SqliteTime.ToTime(start), end == Never ? null : SqliteTime.ToTime(end));

    private static bool Fits(long claim, long? cap, long spent, long reserved) =>
        cap is not { } most || Math.Max(claim, 1) <= (Int128)most - spent - reserved;

    private static long? Lower(long? one, long? other) => one is { } cap ? Math.Min(cap, other ?? cap) : other;

    private void Add(in BudgetClaim claim)
    {
        NanoUsd = Sum(NanoUsd, claim.NanoUsd);
        Tokens = Sum(Tokens, claim.Tokens);
        MaxNanoUsd = Lower(MaxNanoUsd, claim.MaxNanoUsd);
        MaxTokens = Lower(MaxTokens, claim.MaxTokens);
    }
}
