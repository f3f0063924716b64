namespace Orchestrator.Routing.Chat;

/// <summary>Work that nobody waits for any more: what it throws in the end is looked at, so that it does not come up as an exception that nobody saw.</summary>
internal static class Abandoned
{
    public static void Watch(Task work) => work.ContinueWith(
        static ended => _ = ended.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
