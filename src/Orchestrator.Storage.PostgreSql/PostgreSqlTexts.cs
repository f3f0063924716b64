using System.Collections.Concurrent;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>The statements with the schema's name in them, made once each. Only constants come in.</summary>
internal sealed class PostgreSqlTexts(string schema, int commandTimeout)
{
    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly string _quoted = $"\"{schema}\"";

    /// <summary>The schema's name.</summary>
    public string Schema { get; } = schema;

    /// <summary>How many seconds a statement may take.</summary>
    public int CommandTimeout { get; } = commandTimeout;

    /// <summary>The statement with the schema's name for <c>{schema}</c>.</summary>
    public string Of(string sql) => _texts.TryGetValue(sql, out var text) ? text : _texts.GetOrAdd(sql, Replace(sql));

    /// <summary>As <see cref="Of"/>, without keeping it.</summary>
    public string Replace(string sql) => sql.Replace("{schema}", _quoted, StringComparison.Ordinal);
}
