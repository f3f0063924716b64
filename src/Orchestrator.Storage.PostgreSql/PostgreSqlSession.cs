using Npgsql;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>A connection, in a transaction or without one, and the schema that statements name as <c>{schema}</c>. Parameters are <c>$1</c>, <c>$2</c> … in their order.</summary>
internal sealed class PostgreSqlSession(NpgsqlConnection connection, NpgsqlTransaction? transaction, PostgreSqlTexts texts)
{
    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public async ValueTask<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads rows.</summary>
    public async ValueTask<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken, params object?[] values)
    {
        using var command = Command(sql, values);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        return await ReadAsync(reader, map, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the first row, if there is one.</summary>
    public async ValueTask<T?> FirstAsync<T>(string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken, params object?[] values)
    {
        var rows = await QueryAsync(sql, map, cancellationToken, values).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : default;
    }

    /// <summary>Reads the first column of the first row.</summary>
    public ValueTask<long?> NumberAsync(string sql, CancellationToken cancellationToken, params object?[] values) =>
        FirstAsync(sql, static row => row.IsDBNull(0) ? null : (long?)row.GetInt64(0), cancellationToken, values);

    /// <summary>Reads the first column of the first row.</summary>
    public ValueTask<bool> TestAsync(string sql, CancellationToken cancellationToken, params object?[] values) =>
        FirstAsync(sql, static row => !row.IsDBNull(0) && row.GetBoolean(0), cancellationToken, values);

    /// <summary>Runs two statements in one round trip, and, outside a transaction, in one of their own.</summary>
    public async ValueTask<(List<T1> First, List<T2> Second)> QueryBothAsync<T1, T2>(
        (string Sql, object?[] Values) first, Func<NpgsqlDataReader, T1> mapFirst, (string Sql, object?[] Values) second, Func<NpgsqlDataReader, T2> mapSecond,
        CancellationToken cancellationToken)
    {
        using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        batch.Timeout = texts.CommandTimeout;
        Add(batch, first);
        Add(batch, second);
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var one = await ReadAsync(reader, mapFirst, cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var two = await ReadAsync(reader, mapSecond, cancellationToken).ConfigureAwait(false);

        // Whatever went wrong at the commit is told at the end of the answer.
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return (one, two);
    }

    private void Add(NpgsqlBatch batch, (string Sql, object?[] Values) statement)
    {
        var command = new NpgsqlBatchCommand(texts.Of(statement.Sql));
        Add(command.Parameters, statement.Values);
        batch.BatchCommands.Add(command);
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlCommand(texts.Of(sql), connection, transaction) { CommandTimeout = texts.CommandTimeout };
        Add(command.Parameters, values);
        return command;
    }

    private static void Add(NpgsqlParameterCollection parameters, object?[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }
    }

    private static async ValueTask<List<T>> ReadAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(map(reader));
        }

        return rows;
    }
}
