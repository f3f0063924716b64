using System.Buffers.Binary;
using Orchestrator.Containers.Local.State;

namespace Orchestrator.Containers.Local.Logs;

/// <summary>
/// In what order an instance's two logs grew. The program writes both by itself, so that it needs no engine to go on; the engine looks at their lengths now and then
/// and notes which one grew up to where.
/// </summary>
/// <remarks>Between two looks, the log that was written last counts as the newer one. Used by one task at a time.</remarks>
internal sealed class LogOrder(InstanceDirectory directory)
{
    private const int RecordBytes = 16;
    private const int MaxRecords = 8192;

    private long _output = -1;
    private long _errors = -1;

    /// <summary>Looks at the lengths.</summary>
    /// <returns>Whether a log has grown since the last look.</returns>
    public bool Note()
    {
        try
        {
            var (output, errors) = (new FileInfo(directory.Output), new FileInfo(directory.Errors));
            var (outputLength, errorsLength) = (output.Length, errors.Length);
            var (outputGrew, errorsGrew) = (outputLength != _output && outputLength > 0, errorsLength != _errors && errorsLength > 0);
            if (!outputGrew && !errorsGrew)
            {
                return false;
            }

            var outputRecord = Record(isError: false, outputLength);
            var errorsRecord = Record(isError: true, errorsLength);
            var isOutputNewer = output.LastWriteTimeUtc >= errors.LastWriteTimeUtc;
            Append((outputGrew, errorsGrew) switch
            {
                (true, false) => outputRecord,
                (false, true) => errorsRecord,
                _ => isOutputNewer ? [.. errorsRecord, .. outputRecord] : [.. outputRecord, .. errorsRecord],
            });
            (_output, _errors) = (outputLength, errorsLength);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // The instance is being removed, or the disk is full.
        }
    }

    /// <summary>Puts the lines of both logs into the order in which they were written, as far as it is known.</summary>
    public static List<LogLine> Merge(InstanceDirectory directory, IReadOnlyList<LogLine> output, IReadOnlyList<LogLine> errors)
    {
        var merged = new List<LogLine>(output.Count + errors.Count);
        var (nextOutput, nextError) = (0, 0);
        foreach (var (isError, end) in Load(directory))
        {
            ref var next = ref isError ? ref nextError : ref nextOutput;
            var lines = isError ? errors : output;
            while (next < lines.Count && lines[next].End <= end)
            {
                merged.Add(lines[next++]);
            }
        }

        var isOutputNewer = File.GetLastWriteTimeUtc(directory.Output) >= File.GetLastWriteTimeUtc(directory.Errors);
        merged.AddRange(isOutputNewer ? errors.Skip(nextError) : output.Skip(nextOutput));
        merged.AddRange(isOutputNewer ? output.Skip(nextOutput) : errors.Skip(nextError));
        return merged;
    }

    private static byte[] Record(bool isError, long end)
    {
        var record = new byte[RecordBytes];
        BinaryPrimitives.WriteInt64LittleEndian(record, isError ? 1 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(sizeof(long)), end);
        return record;
    }

    private static IEnumerable<(bool IsError, long End)> Load(InstanceDirectory directory)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(directory.Order);
        }
        catch (IOException)
        {
            yield break;
        }

        for (var at = 0; at + RecordBytes <= bytes.Length; at += RecordBytes)
        {
            yield return (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)) != 0, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at + sizeof(long))));
        }
    }

    private void Append(byte[] records)
    {
        using var file = new FileStream(directory.Order, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.Length > MaxRecords * RecordBytes)
        {
            var kept = File.ReadAllBytes(directory.Order)[^(MaxRecords / 2 * RecordBytes)..];
            PrivateFiles.Write(directory.Order, [.. kept, .. records]);
            return;
        }

        file.Write(records);
    }
}
