using Orchestrator.Queue;

namespace Orchestrator.Conformance.Model;

/// <summary>One program on one engine: what every step needs, and the trace of what happened.</summary>
internal sealed class ModelRun
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 6, 30, 0, TimeSpan.Zero);

    private readonly ModelDatabase _database;
    private readonly ModelProcess[] _processes;
    private readonly List<string> _trace = [];
    private Dictionary<string, QueuedTask>? _rows;

    public ModelRun(ModelDatabase database, ModelProcess[] processes, string prefix, CancellationToken cancellationToken)
    {
        (_database, _processes, Prefix, Cancel) = (database, processes, prefix, cancellationToken);
        Queue = new ModelQueue(prefix + "q", Start);
        Workers = new ModelWorkers(prefix);
        Submissions = new SubmissionGenerator(Queue, prefix);
    }

    public string Prefix { get; }

    public CancellationToken Cancel { get; }

    public ModelQueue Queue { get; }

    public ModelWorkers Workers { get; }

    public SubmissionGenerator Submissions { get; }

    public IReadOnlyList<ModelProcess> Processes => _processes;

    public IReadOnlyList<string> Trace => _trace;

    public ModelProcess AnyProcess(Random random) => _processes[random.Next(_processes.Length)];

    public void Note(string what) => _trace.Add(what);

    /// <summary>What the engine shows after a step; read once a step.</summary>
    /// <remarks>
    /// As many of the newest tasks of the queue as there have to be: the engine need not look through those of earlier programs for more, and one too many would push
    /// out another, which is missed then.
    /// </remarks>
    public async Task<IReadOnlyDictionary<string, QueuedTask>> ReadAsync()
    {
        if (_rows is null)
        {
            var tasks = await _processes[Queue.Tasks.Count % _processes.Length].Operations.ListAsync(new TaskQuery { Queue = Queue.Name, Limit = Math.Max(1, Queue.Tasks.Count) }, Cancel);
            _rows = tasks.ToDictionary(task => task.Id);
        }

        return _rows;
    }

    /// <summary>Ends a step: the engine shows what the model says.</summary>
    public async Task CompareAsync()
    {
        ModelComparison.Compare(Queue, await ReadAsync());
        _rows = null;
    }

    /// <summary>A process ends without a word, and another one starts.</summary>
    public async Task RestartAsync(Random random)
    {
        var index = random.Next(_processes.Length);
        await _processes[index].Close();
        _processes[index] = _database.Open();
        Note($"process {index} starts anew");
    }
}
