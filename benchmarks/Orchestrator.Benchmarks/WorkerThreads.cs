namespace Orchestrator.Benchmarks;

/// <summary>Threads that start together and are waited for together, made once.</summary>
internal sealed class WorkerThreads : IDisposable
{
    private readonly Barrier _start;
    private readonly Barrier _end;
    private Action<int>? _work;

    public WorkerThreads(int count)
    {
        (_start, _end) = (new Barrier(count + 1), new Barrier(count + 1));
        for (var i = 0; i < count; i++)
        {
            var number = i;
            new Thread(() => Loop(number)) { IsBackground = true }.Start();
        }
    }

    /// <summary>Runs the work on every thread, which gets its number, and waits for all.</summary>
    public void Run(Action<int> work)
    {
        _work = work;
        _start.SignalAndWait();
        _end.SignalAndWait();
    }

    public void Dispose()
    {
        _work = null;
        _start.SignalAndWait();
        _end.SignalAndWait();
        _start.Dispose();
        _end.Dispose();
    }

    private void Loop(int number)
    {
        while (true)
        {
            _start.SignalAndWait();
            if (_work is null)
            {
                _end.SignalAndWait();
                return;
            }

            _work(number);
            _end.SignalAndWait();
        }
    }
}
