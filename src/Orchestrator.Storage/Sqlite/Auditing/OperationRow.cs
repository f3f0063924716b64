using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orchestrator.Auditing;
using Orchestrator.Json;

namespace Orchestrator.Storage.Sqlite.Auditing;

/// <summary>An entry of the operation log as SQLite keeps it. Every column but the hash itself goes into the hash.</summary>
internal sealed class OperationRow
{
    public const string NoHash = "0000000000000000000000000000000000000000000000000000000000000000";

    public long Sequence { get; init; }

    public string? Name { get; init; }

    public string? TaskId { get; init; }

    public string? ExecutionId { get; init; }

    public string? Provider { get; init; }

    public string? Outcome { get; init; }

    public string? Message { get; init; }

    public string? Data { get; init; }

    public string? WorkerName { get; init; }

    public string? ContainerName { get; init; }

    public long CreatedAt { get; init; }

    public string? PreviousHash { get; init; }

    public string? Hash { get; init; }

    /// <summary>Whether a column holds another type of value than the log writes. Not for the hash: it is of what was read.</summary>
    public bool IsOfWrongType { get; init; }

    public static OperationRow Create(Operation operation, long sequence, long createdAt, string previousHash) => new()
    {
        Sequence = sequence,
        Name = Redaction.WithoutNul(operation.Name),
        TaskId = Redaction.WithoutNul(operation.TaskId),
        ExecutionId = Redaction.WithoutNul(operation.ExecutionId),
        Provider = Redaction.WithoutNul(operation.Provider),
        Outcome = operation.Outcome.ToName(),
        Message = Redaction.WithoutNul(operation.Message),
        Data = OrchestratorJson.Write(
            operation.Data.Any(fact => fact.Key.Contains('\0') || fact.Value.Contains('\0'))
                ? new ValueMap(operation.Data.Select(fact => KeyValuePair.Create(Redaction.WithoutNul(fact.Key), Redaction.WithoutNul(fact.Value))))
                : operation.Data,
            OrchestratorJsonContext.Default.ValueMap),
        WorkerName = Redaction.WithoutNul(operation.WorkerName),
        ContainerName = Redaction.WithoutNul(operation.ContainerName),
        CreatedAt = createdAt,
        PreviousHash = previousHash,
    };

    /// <summary>SHA-256 over the hash before, a line feed and the canonical JSON: the columns in a fixed order, the values exactly as they are stored.</summary>
    public string ComputeHash()
    {
        using var buffer = new MemoryStream();
        buffer.Write(Encoding.UTF8.GetBytes(PreviousHash + "\n"));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", Sequence);
            json.WriteNumber("at", CreatedAt);
            json.WriteString("name", Name);
            json.WriteString("task_id", TaskId);
            json.WriteString("execution_id", ExecutionId);
            json.WriteString("provider", Provider);
            json.WriteString("outcome", Outcome);
            json.WriteString("message", Message);
            json.WriteString("data", Data);
            json.WriteString("worker_name", WorkerName);
            json.WriteString("container_name", ContainerName);
            json.WriteEndObject();
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.ToArray()));
    }

    /// <summary>What is wrong with the entry at this place of the chain; <see langword="null"/> when nothing is.</summary>
    /// <param name="hash">The hash that stands beside it.</param>
    /// <param name="expected">The sequence that belongs here.</param>
    /// <param name="previous">The hash of the entry before.</param>
    public string? Fault(string? hash, long expected, string previous) =>
        Sequence != expected ? $"Entry {expected} is missing; entry {Sequence} stands in its place."
        : PreviousHash != previous ? $"Entry {expected} does not follow the entry before it."
        : IsOfWrongType || hash != ComputeHash() ? $"Entry {expected} is not as it was written."
        : null;

    public OperationEntry ToEntry(string hash) => new()
    {
        Sequence = Sequence,
        At = SqliteTime.ToTime(CreatedAt),
        PreviousHash = PreviousHash!,
        Hash = hash,
        Operation = new Operation
        {
            Name = Name!,
            TaskId = TaskId,
            ExecutionId = ExecutionId,
            Provider = Provider,
            Outcome = EnumNames.Parse<OperationOutcome>(Outcome),
            Message = Message!,
            Data = OrchestratorJson.Read(Data!, OrchestratorJsonContext.Default.ValueMap),
            WorkerName = WorkerName!,
            ContainerName = ContainerName!,
        },
    };
}
