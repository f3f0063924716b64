using Orchestrator.Storage;

namespace Orchestrator.Queue.Tests.Retention;

/// <summary>Remembers when retention was asked for, and answers as the test says.</summary>
internal sealed class ScriptedMaintenance(Func<int, RetentionResult>? answer = null) : IStorageMaintenance
{
    public static RetentionResult Nothing { get; } = new() { Tasks = 0, Plans = 0, Keys = 0, Executions = 0 };

    public List<DateTimeOffset> Looks { get; } = [];

    public RetentionPolicy? Policy { get; private set; }

    public ValueTask<RetentionResult> ApplyRetentionAsync(RetentionPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Policy = policy;
        Looks.Add(now);
        return ValueTask.FromResult(answer?.Invoke(Looks.Count) ?? Nothing);
    }

    public ValueTask BackupAsync(string path, bool overwrite, IProgress<BackupProgress>? progress, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<StorageCheck> CheckAsync(CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<StorageSizes> GetSizesAsync(CancellationToken cancellationToken) => throw NotAsked();

    private static InvalidOperationException NotAsked() => new("Retention asks for nothing else.");
}
