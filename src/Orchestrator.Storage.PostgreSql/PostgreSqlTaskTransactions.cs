using System.Data;
using System.Data.Common;
using Npgsql;
using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Storage.PostgreSql.Tasks;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Adds and ends tasks in an <see cref="NpgsqlTransaction"/> of the host on the same database.</summary>
/// <remarks>
/// Thread-safe, each transaction for one caller at a time. What a call throws leaves nothing of that call behind: it runs under a savepoint. Rows that it touched
/// stay locked until the host ends its transaction: keep it short. Leases are ended in transactions of READ COMMITTED only, the default of PostgreSQL:
/// others would not see which other tasks of a plan ended meanwhile. A deadlock or a serialization failure rolls the host's whole transaction back; it is the
/// host's to run it again.
/// </remarks>
public sealed class PostgreSqlTaskTransactions : ITaskTransactions
{
    private const string Savepoint = "orchestrator_work";
    private const int MaxTries = 5;

    private const string Identity = """
        SELECT current_database() || '.' || coalesce(to_regclass('{schema}.tasks')::oid::text, '') || '.'
            || coalesce((SELECT min(created_at)::text FROM {schema}.storage_schema), '')
        """;

    private const string HasTables = "SELECT to_regclass('{schema}.storage_schema') IS NOT NULL AND to_regclass('{schema}.tasks') IS NOT NULL";

    private readonly PostgreSqlDatabase _database;
    private readonly ISecretRedactor? _redactor;
    private string? _identity;

    /// <summary>Makes the transactions.</summary>
    /// <param name="database">The database that the hosts' transactions must be on.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public PostgreSqlTaskTransactions(PostgreSqlDatabase database, ISecretRedactor? redactor)
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
        return RunAsync(
            transaction,
            async (session, cancel) => prepared.Length == 0 ? [] : ValueList.Create<EnqueueResult>(await TaskAdding.AddAsync(session, prepared, now, cancel).ConfigureAwait(false)),
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<LeaseStatus>> EndAsync(
        ValueList<TaskOutcome> outcomes, DateTimeOffset now, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var prepared = PreparedOutcome.From(outcomes, _redactor);
        return RunAsync(
            transaction,
            async (session, cancel) =>
            {
                var (sql, values) = TaskEnding.Statement(prepared, now);
                return TaskEnding.Statuses(prepared, TaskChanges.From(await session.QueryAsync(sql, TaskChanges.Read, cancel, values).ConfigureAwait(false)));
            },
            cancellationToken,
            mustSeeOthers: true);
    }

    private async ValueTask<T> RunAsync<T>(DbTransaction transaction, Func<PostgreSqlSession, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken, bool mustSeeOthers = false)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (transaction is not NpgsqlTransaction host)
        {
            throw new ArgumentException($"The transaction must be an {nameof(NpgsqlTransaction)}, not a {transaction.GetType().Name}.", nameof(transaction));
        }

        try
        {
            await CheckAsync(host, mustSeeOthers, cancellationToken).ConfigureAwait(false);
            for (var attempt = 1; ; attempt++)
            {
                await host.SaveAsync(Savepoint, cancellationToken).ConfigureAwait(false);
                try
                {
                    var result = await work(_database.Join(host), cancellationToken).ConfigureAwait(false);
                    await host.ReleaseAsync(Savepoint, cancellationToken).ConfigureAwait(false);
                    return result;
                }
                catch (Exception error) when (host.Connection is { State: ConnectionState.Open })
                {
                    await host.RollbackAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
                    if (error is not TakenIdException || attempt == MaxTries)
                    {
                        throw;
                    }
                }
            }
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _database.Explain(error);
        }
    }

    private async ValueTask CheckAsync(NpgsqlTransaction transaction, bool mustSeeOthers, CancellationToken cancellationToken)
    {
        if (LevelOf(transaction) is not { } level)
        {
            throw new ArgumentException("The transaction is over: it was committed, rolled back or disposed of.", nameof(transaction));
        }

        if (mustSeeOthers && level is not (IsolationLevel.ReadCommitted or IsolationLevel.ReadUncommitted or IsolationLevel.Unspecified))
        {
            throw new ArgumentException("The transaction must be of the level READ COMMITTED: in others a task could miss the end of those it depends on.", nameof(transaction));
        }

        _identity ??= await _database.RunAsync((session, cancel) => session.FirstAsync(Identity, static row => row.GetString(0), cancel), cancellationToken).ConfigureAwait(false);
        var host = _database.Join(transaction);
        if (!await host.TestAsync(HasTables, cancellationToken).ConfigureAwait(false)
            || await host.FirstAsync(Identity, static row => row.GetString(0), cancellationToken).ConfigureAwait(false) != _identity)
        {
            throw new ArgumentException($"The transaction must be on the tasks' own database, which has the schema '{_database.Schema}'.", nameof(transaction));
        }
    }

    // Npgsql tells by an exception whether a transaction is over.
    private static IsolationLevel? LevelOf(NpgsqlTransaction transaction)
    {
        try
        {
            return transaction.Connection is null ? null : transaction.IsolationLevel;
        }
        catch (Exception error) when (error is InvalidOperationException or ObjectDisposedException)
        {
            return null;
        }
    }
}
