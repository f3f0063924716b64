using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Scaling;

/// <summary>
/// Decides how many instances a pool shall have: <c>⌈(leases + waiting × weight) ÷ target⌉</c>, up fast by limited steps, down to the highest number wanted in the stabilisation time, within the
/// limits of the pool, the schedule, the budget and the leases that run.
/// </summary>
/// <remarks>
/// Depends on nothing but what it is given and what it decided before: the same inputs give the same decisions. Not thread-safe, but for <see cref="Pin"/>: one step after the other decides.
/// A number set by call (<see cref="Pin"/>) goes before everything else, within the pool's limits: leases on instances that are too many end in their own time, while these drain.
/// </remarks>
internal sealed class ScalingPlan
{
    private const double Rounding = 1e-9; // 11 over 10 is 10 % more, whatever the last bit says

    private readonly ContainerPoolOptions _pool;
    private readonly ContainerScalingOptions _scaling;
    private readonly double _target;
    private readonly PoolSchedule _schedule;
    private readonly RecommendationWindow _wanted;
    private readonly StepLimit _steps;
    private DateTimeOffset? _lastWork;
    private ManualSize? _pin;
    private int? _desired;

    public ScalingPlan(ContainerPoolOptions pool)
    {
        (_pool, _scaling) = (pool, pool.Scaling);
        _target = pool.TargetLoad ?? pool.SoftLimit ?? pool.HardLimit;
        _schedule = new PoolSchedule(pool.Schedule);
        _wanted = new RecommendationWindow(pool.Scaling.Stabilisation);
        _steps = new StepLimit(pool.Scaling.StepLimit, pool.Scaling.StepInterval);
    }

    /// <summary>Sets the number by call. May be called by anybody at any time.</summary>
    /// <param name="instances">The number; brought within the pool's limits.</param>
    /// <param name="now">The time: it holds for <see cref="ContainerScalingOptions.ManualHold"/> from now on.</param>
    public void Pin(int instances, DateTimeOffset now) =>
        Volatile.Write(ref _pin, new ManualSize(Math.Clamp(instances, 0, _pool.MaxInstances), _scaling.ManualHold is { } hold ? now + hold : DateTimeOffset.MaxValue));

    /// <summary>Decides for one step.</summary>
    public ScalingDecision Next(in ScalingInput input)
    {
        var current = _desired ?? Math.Min(input.Instances, _pool.MaxInstances);
        var decision = Decide(input, current);
        if (decision.Desired > current)
        {
            _steps.Added(input.Now, decision.Desired - current);
        }

        _desired = decision.Desired;
        return decision with { Warm = Math.Min(_pool.WarmInstances, _pool.MaxInstances - decision.Desired) };
    }

    private ScalingDecision Decide(in ScalingInput input, int current)
    {
        var load = input.Leases + ((Math.Max(0, input.Waiting) + (double)Math.Max(0, input.Demand)) * _scaling.WaitingWeight);
        _lastWork = load > 0 || _lastWork is null ? input.Now : _lastWork;
        var wanted = Wanted(input, load, current);
        var highest = _wanted.Add(input.Now, wanted.Desired);
        if (Volatile.Read(ref _pin) is { } pin && input.Now < pin.Until)
        {
            return new ScalingDecision(pin.Instances, ScalingReason.Manual);
        }

        return wanted.Desired > current ? Grow(input, wanted, current)
            : wanted.Desired < current ? Shrink(input, wanted, current, highest)
            : wanted;
    }

    /// <summary>What the load asks for, within the limits of the pool and the schedule.</summary>
    private ScalingDecision Wanted(in ScalingInput input, double load, int current)
    {
        var asked = Math.Min(Math.Ceiling(load / _target), 1_000_000);
        var isWaiting = input.Waiting > 0 || input.Demand > 0;
        var isNear = !isWaiting && current > 0 && load > 0 && Math.Abs((load / (current * _target)) - 1) <= _scaling.Tolerance + Rounding;
        var desired = isNear ? current : (int)asked;
        var reason = desired == current ? ScalingReason.Steady : ScalingReason.Load;
        if (desired < _pool.MinInstances)
        {
            (desired, reason) = (_pool.MinInstances, ScalingReason.Minimum);
        }

        var scheduled = Math.Min(_schedule.MinimumAt(input.Day ?? input.Now), _pool.MaxInstances);
        if (desired < scheduled)
        {
            (desired, reason) = (scheduled, ScalingReason.Schedule);
        }

        return desired > _pool.MaxInstances ? new ScalingDecision(_pool.MaxInstances, ScalingReason.Maximum) : new ScalingDecision(desired, reason);
    }

    private ScalingDecision Grow(in ScalingInput input, in ScalingDecision wanted, int current)
    {
        // The pool's own minimum is no growth by load: neither the budget nor failed starts hold it down.
        var held = Math.Max(current, _pool.MinInstances);
        if (wanted.Desired > held && input.IsOverBudget)
        {
            return new ScalingDecision(held, ScalingReason.Budget);
        }

        if (wanted.Desired > held && input.FailedStarts >= _scaling.FailedStarts && input.Now < input.LastFailedStart + _scaling.Cooldown)
        {
            return new ScalingDecision(held, ScalingReason.Cooldown);
        }

        var highest = Math.Max(held, _steps.HighestAt(input.Now, current));
        return wanted.Desired > highest ? new ScalingDecision(highest, ScalingReason.StepLimit) : wanted;
    }

    private ScalingDecision Shrink(in ScalingInput input, in ScalingDecision wanted, int current, int highest)
    {
        var (desired, reason) = (wanted.Desired, wanted.Reason);
        if (highest > desired)
        {
            (desired, reason) = (Math.Min(current, highest), ScalingReason.Stabilising);
        }

        if (desired == 0 && input.Now - _lastWork < _pool.IdleTime)
        {
            (desired, reason) = (1, ScalingReason.Idle);
        }

        var busy = Math.Min(input.BusyInstances, current);
        return desired < busy ? new ScalingDecision(busy, ScalingReason.Leases) : new ScalingDecision(desired, reason);
    }

    private sealed record ManualSize(int Instances, DateTimeOffset Until);
}
