namespace Orchestrator.Queue.Presence;

/// <summary>A worker that died without removing its file, which is locked by us until disposed.</summary>
internal sealed class DeadWorker(string id, FileStream file) : IDisposable
{
    public string Id => id;

    /// <summary>Removes the file: nothing is left of the worker.</summary>
    public void Forget() => WorkerPresence.Remove(file);

    public void Dispose() => file.Dispose();
}
