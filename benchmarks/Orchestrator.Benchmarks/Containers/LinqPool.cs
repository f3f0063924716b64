namespace Orchestrator.Benchmarks.Containers;

/// <summary>What a user would write by hand: the instances in a list, the choice a LINQ query, leases in a dictionary behind a lock. The peer that ratios are taken against.</summary>
internal sealed class LinqPool(IEnumerable<string> names, int limit)
{
    private readonly Lock _gate = new();
    private readonly List<Instance> _instances = [.. names.Select(name => new Instance(name))];
    private readonly Dictionary<long, (Instance Instance, DateTimeOffset ExpiresAt)> _leases = [];
    private readonly Random _random = new(42);
    private long _token;

    public string LeastRequests() => _instances.Where(instance => instance.Leases < limit).MinBy(instance => instance.Leases)!.Name;

    public string PowerOfTwoChoices()
    {
        var free = _instances.Where(instance => instance.Leases < limit).ToList();
        return new[] { free[_random.Next(free.Count)], free[_random.Next(free.Count)] }.OrderBy(instance => instance.Leases).First().Name;
    }

    public string Affinity(string key) => _instances.Where(instance => instance.Leases < limit).MaxBy(instance => HashCode.Combine(key, instance.Name))!.Name;

    public long Acquire(DateTimeOffset now)
    {
        lock (_gate)
        {
            var instance = _instances.Where(candidate => candidate.Leases < limit).MinBy(candidate => candidate.Leases)!;
            instance.Leases++;
            _leases.Add(++_token, (instance, now + TimeSpan.FromMinutes(1)));
            return _token;
        }
    }

    public void Release(long token)
    {
        lock (_gate)
        {
            if (_leases.Remove(token, out var lease))
            {
                lease.Instance.Leases--;
            }
        }
    }

    /// <summary>Puts load on the instances, so that there is something to choose.</summary>
    public void Load(int instance, int leases) => _instances[instance].Leases = leases;

    private sealed class Instance(string name)
    {
        public string Name => name;

        public int Leases { get; set; }
    }
}
