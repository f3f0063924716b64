using System.Runtime.ExceptionServices;

namespace Orchestrator.Patching;

/// <summary>Does many small things on a few threads.</summary>
internal static class Parallelism
{
    private const int WorthIt = 16;

    /// <summary>Does something to every item, in no order. After the first failure no other item is begun; that failure is thrown when all that were begun have ended.</summary>
    public static void Run<T>(IReadOnlyList<T> items, int threads, Action<T> action)
    {
        if (items.Count < WorthIt || threads < 2)
        {
            foreach (var item in items)
            {
                action(item);
            }

            return;
        }

        var next = -1;
        ExceptionDispatchInfo? failure = null;
        void Work()
        {
            while (Volatile.Read(ref failure) is null && Interlocked.Increment(ref next) is var i && i < items.Count)
            {
                try
                {
                    action(items[i]);
                }
                catch (Exception error)
                {
                    // Whatever it is: the others must stop, and the caller hears of it.
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
                }
            }
        }

        var others = Enumerable.Range(1, threads - 1).Select(_ => Task.Run(Work)).ToArray();
        try
        {
            Work();
        }
        finally
        {
            Task.WaitAll(others);
        }

        failure?.Throw();
    }
}
