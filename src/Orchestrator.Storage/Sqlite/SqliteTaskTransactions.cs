using System.Data.Common;
using Microsoft.Data.Sqlite;
using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite.Tasks;
using Orchestrator.Storage.Sqlite.Transactions;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Adds and ends tasks in a <see cref="SqliteTransaction"/> of the host on the same file.</summary>
/// <remarks>
/// Thread-safe, each transaction for one caller at a time. While a host's transaction holds the file's write lock, nobody else writes to it: keep it short, and do
/// not wait for a call to another store within it. Begin it with <c>BeginTransaction()</c>, which takes the lock at once; a deferred one may find that
/// others wrote since it read, and then fails with <see cref="StorageErrorCodes.Busy"/>. What a call throws leaves nothing of that call behind.
/// </remarks>
public sealed class SqliteTaskTransactions : ITaskTransactions
{
    private readonly SqliteDatabase _database;
    private readonly ISecretRedactor? _redactor;

    /// <summary>Makes the transactions.</summary>
    /// <param name="database">The database that the hosts' transactions must be on.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public SqliteTaskTransactions(SqliteDatabase database, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _redactor = redactor;
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<EnqueueResult>> AddAsync(
        ValueList<TaskSubmission> submissions, DateTimeOffset now, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var prepared = PreparedTask.From(submissions, _redactor);
        return Run(transaction, connection => SqliteTaskAdding.Add(connection, prepared, now), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<LeaseStatus>> EndAsync(
        ValueList<TaskOutcome> outcomes, DateTimeOffset now, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var prepared = PreparedOutcome.From(outcomes, _redactor);
        return Run(transaction, connection => ValueList.Create<LeaseStatus>(SqliteTaskEnding.End(connection, prepared, queue: null, now)), cancellationToken);
    }

    private ValueTask<T> Run<T>(DbTransaction transaction, Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return ValueTask.FromResult(HostTransaction.Run(transaction, _database.Path, work));
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Explain(error, _database.Path);
        }
    }
}
