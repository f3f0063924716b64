using Orchestrator.Tasks;

namespace Orchestrator.Routing.Rules;

/// <summary>A <see cref="TaskMatch"/> as bits and arrays: says yes or no without allocation.</summary>
internal sealed class CompiledMatch
{
    private const string AnyValue = "*";
    private const int TypeShift = 0;
    private const int SourceShift = 16;
    private const int ComplexityShift = 32;
    private const int ProfileShift = 48;
    private const ulong Group = 0xFFFF;

    private readonly ulong _accepted;
    private readonly int _minPriority;
    private readonly int _maxPriority;
    private readonly KeyValuePair<string, string>[] _labels;
    private readonly (string Owner, string Repository)[] _repositories;

    public CompiledMatch(TaskMatch match)
    {
        _accepted = Accept(match.TaskTypes.Select(type => (int)type), TypeShift)
            | Accept(match.Sources.Select(source => (int)source), SourceShift)
            | Accept(match.Complexities.Select(complexity => (int)complexity), ComplexityShift)
            | Accept(match.Profiles.Select(profile => (int)profile), ProfileShift);
        _minPriority = match.MinPriority ?? -AgentTask.MaxPriority;
        _maxPriority = match.MaxPriority ?? AgentTask.MaxPriority;
        _labels = [.. match.Labels];
        _repositories = [.. match.Repositories.Select(name => name.Split('/', 2)).Select(parts => (parts[0], parts.Length > 1 ? parts[1] : AnyValue))];
    }

    /// <summary>The values of a task as bits, made once a decision. A value that this version does not know matches no list.</summary>
    public static ulong Bits(AgentTask task, TaskComplexity complexity) =>
        Bit((int)task.Type, TypeShift) | Bit((int)task.Source.Kind, SourceShift) | Bit((int)complexity, ComplexityShift) | Bit((int)task.CostProfile, ProfileShift);

    public bool Matches(AgentTask task, ulong bits) =>
        (_accepted & bits) == bits
        && task.Priority >= _minPriority
        && task.Priority <= _maxPriority
        && (_labels.Length == 0 || HasLabels(task))
        && (_repositories.Length == 0 || IsOfRepository(task));

    private static ulong Accept(IEnumerable<int> values, int shift)
    {
        var bits = values.Aggregate(0UL, (all, value) => all | Bit(value, shift));
        return bits == 0 ? Group << shift : bits;
    }

    private static ulong Bit(int value, int shift) => 1UL << (shift + (value is >= 0 and < 15 ? value : 15));

    private bool HasLabels(AgentTask task)
    {
        foreach (var (label, wanted) in _labels)
        {
            if (!task.Labels.TryGetValue(label, out var value) || (wanted != AnyValue && wanted != value))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsOfRepository(AgentTask task)
    {
        if (task.Source is not GitHubSource source)
        {
            return false;
        }

        foreach (var (owner, repository) in _repositories)
        {
            if (string.Equals(owner, source.Owner, StringComparison.OrdinalIgnoreCase)
                && (repository == AnyValue || string.Equals(repository, source.Repository, StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }
}
