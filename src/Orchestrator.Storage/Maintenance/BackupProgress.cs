namespace Orchestrator.Storage;

/// <summary>How far a backup is.</summary>
/// <param name="BytesDone">What was copied.</param>
/// <param name="BytesTotal">What is to be copied; fixed from the first report on.</param>
public readonly record struct BackupProgress(long BytesDone, long BytesTotal);
