namespace Orchestrator.Patching;

/// <summary>How much may still be compared while the places of one file's edits are looked for.</summary>
internal sealed class MatchBudget(long work)
{
    private long _left = work;

    /// <summary>Takes from the budget.</summary>
    /// <param name="work">Compared bytes, or places that were looked at.</param>
    /// <exception cref="MatchBudgetException">Nothing is left.</exception>
    public void Take(long work)
    {
        _left -= work;
        if (_left < 0)
        {
            throw new MatchBudgetException();
        }
    }
}

/// <summary>Ends a search that takes too much work; never leaves the matcher.</summary>
internal sealed class MatchBudgetException : Exception;
