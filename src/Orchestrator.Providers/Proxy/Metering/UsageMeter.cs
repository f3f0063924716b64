namespace Orchestrator.Providers.Proxy.Metering;

/// <summary>Counts what goes through a proxy and holds its budget.</summary>
/// <remarks>
/// Thread-safe. What an answer costs is known only when it ended, so a request waits while those on their way may use the budget up: as many at a time as the rest
/// pays for, each taken to be as dear as the dearest so far. The budget is overdrawn by one answer at most, and by <see cref="FirstAtATime"/> before any ended.
/// </remarks>
internal sealed class UsageMeter(decimal? budgetUsd, Func<TokenUsage, decimal?> costOf, Action<decimal>? whenSpent = null)
{
    /// <summary>Requests at a time while no cost is known and there is a budget.</summary>
    public const int FirstAtATime = 4;

    private readonly Lock _gate = new(); // Guards all fields below.
    private TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TokenUsage _tokens = new();
    private TokenUsage _guessed = new();
    private decimal _cost;
    private decimal _dearest;
    private bool _isCostUnknown;
    private bool _isSpent;
    private int _requests;
    private int _refused;
    private int _underWay;
    private TimeSpan? _retryAfter;

    public decimal? BudgetUsd => budgetUsd;

    public CredentialProxyUsage Snapshot()
    {
        lock (_gate)
        {
            return new CredentialProxyUsage
            {
                Requests = _requests,
                Refused = _refused,
                Tokens = _tokens,
                EstimatedTokens = _guessed,
                CostUsd = _isCostUnknown ? null : _cost,
                IsBudgetSpent = _isSpent,
                RetryAfter = _retryAfter,
            };
        }
    }

    public void Refuse()
    {
        lock (_gate)
        {
            _refused++;
        }
    }

    /// <summary>Keeps how long the last answer asks to wait.</summary>
    public void Note(TimeSpan? retryAfter)
    {
        lock (_gate)
        {
            _retryAfter = retryAfter;
        }
    }

    /// <summary>Lets a request through, once what is under way leaves enough of the budget.</summary>
    /// <returns>Whether it may go on; <see cref="Leave"/> has to follow then. Otherwise the budget is spent.</returns>
    public async ValueTask<bool> TryEnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task left;
            bool isSpent, isFirst;
            lock (_gate)
            {
                isSpent = IsSpent();
                isFirst = isSpent && !_isSpent;
                _isSpent |= isSpent;
                if (!isSpent && HasRoom())
                {
                    _requests++;
                    _underWay++;
                    return true;
                }

                left = _left.Task;
            }

            if (isFirst)
            {
                whenSpent?.Invoke(Snapshot().CostUsd ?? 0);
            }

            if (isSpent)
            {
                return false;
            }

            await left.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A request that was let through ended.</summary>
    public void Leave(TokenUsage told, TokenUsage guessed)
    {
        var usage = told.Plus(guessed);
        var cost = usage == new TokenUsage() ? 0 : costOf(usage);
        TaskCompletionSource left;
        lock (_gate)
        {
            _underWay--;
            _tokens = _tokens.Plus(told);
            _guessed = _guessed.Plus(guessed);
            _isCostUnknown |= cost is null;
            _cost += cost ?? 0;
            _dearest = Math.Max(_dearest, cost ?? 0);
            left = _left;
            _left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        left.SetResult();
    }

    private bool IsSpent() => !_isCostUnknown && _cost >= budgetUsd;

    private bool HasRoom() =>
        budgetUsd is null || _isCostUnknown || _underWay == 0 || (_dearest == 0 ? _underWay < FirstAtATime : _cost + ((_underWay + 1) * _dearest) <= budgetUsd);
}
