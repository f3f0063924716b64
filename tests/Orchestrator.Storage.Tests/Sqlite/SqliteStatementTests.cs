using Microsoft.Data.Sqlite;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteStatementTests : IDisposable
{
    private const string Echo = "SELECT @a, @b";

    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public SqliteStatementTests()
    {
        _connection.Open();
        _connection.Statement("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT UNIQUE)").Execute();
        _connection.Statement("PRAGMA foreign_keys = ON").Execute();
        _connection.Statement("CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES rows (id))").Execute();
    }

    public void Dispose() => _connection.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("Grüße 東京 🚀")]
    [InlineData("nul\0inside")]
    [InlineData(null)]
    public void A_text_comes_back_as_it_was(string? text)
    {
        Assert.Equal(text, _connection.Statement(Echo).Set("@a", text).Single(row => row.GetStringOrNull(0)));
        Assert.Equal(text is null ? "null" : "text", _connection.Statement("SELECT typeof(@a)").Set("@a", text).Single(row => row.GetString(0)));
    }

    [Fact]
    public void A_long_text_comes_back_as_it_was()
    {
        var text = string.Concat(Enumerable.Repeat("ä0123456789", 10_000));

        Assert.Equal(text, _connection.Statement(Echo).Set("@a", text).Single(row => row.GetString(0)));
    }

    [Fact]
    public void Numbers_come_back_as_they_were()
    {
        Assert.Equal(
            (long.MinValue, 0.1),
            _connection.Statement(Echo).Set("@a", long.MinValue).Set("@b", 0.1).Single(row => (row.GetInt64(0), row.GetDouble(1))));
        Assert.Equal(
            (0L, null),
            _connection.Statement(Echo).Set("@a", false).Set("@b", (double?)null).Single(row => (row.GetInt64OrNull(0), row.GetDoubleOrNull(1))));
        Assert.True(_connection.Statement(Echo).Set("@a", true).Single(row => row.GetBoolean(0)));
    }

    [Fact]
    public void What_is_not_set_is_null_even_when_it_was_set_for_the_run_before()
    {
        Assert.Equal(7, _connection.Statement(Echo).Set("@a", 7).Scalar());
        Assert.Null(_connection.Statement(Echo).Set("@b", 7).Scalar());

        _connection.Statement(Echo).Set("@a", 7);
        Assert.Null(_connection.Statement(Echo).Scalar());
    }

    [Fact]
    public void Values_that_are_kept_stay_set_until_the_statement_is_got_anew()
    {
        const string Insert = "INSERT INTO rows (id, text) VALUES (@id, @text || @id)";
        var insert = _connection.Statement(Insert).Set("@text", "row");

        Assert.Equal(1, insert.Set("@id", 1).Execute(keepsValues: true));
        Assert.Equal(1, insert.Set("@id", 2).Execute(keepsValues: true));
        Assert.Equal(1, _connection.Statement(Insert).Set("@id", 3).Execute());

        Assert.Equal(["row1", "row2", null], _connection.Statement("SELECT text FROM rows ORDER BY id").Query(row => row.GetStringOrNull(0)));
    }

    [Fact]
    public void The_same_sql_is_prepared_once_a_connection()
    {
        var copy = new string(Echo.ToCharArray());
        using var other = new SqliteConnection("Data Source=:memory:");
        other.Open();

        Assert.Same(_connection.Statement(Echo), _connection.Statement(copy));
        Assert.NotSame(_connection.Statement(Echo), other.Statement(Echo));
    }

    [Fact]
    public void A_connection_that_was_closed_and_opened_prepares_anew()
    {
        var before = _connection.Statement(Echo);
        _connection.Close();
        Assert.Throws<InvalidOperationException>(() => _connection.Statement(Echo));

        _connection.Open();

        Assert.NotSame(before, _connection.Statement(Echo));
        Assert.Equal(3, _connection.Statement(Echo).Set("@a", 3).Scalar());
    }

    [Fact]
    public void A_change_tells_how_many_rows_it_met()
    {
        Assert.Equal(1, _connection.Statement("INSERT INTO rows (id, text) VALUES (1, 'a')").Execute());
        Assert.Equal(0, _connection.Statement("INSERT INTO rows (id, text) VALUES (1, 'a') ON CONFLICT DO NOTHING").Execute());
        Assert.Equal(1, _connection.Statement("UPDATE rows SET text = 'b'").Execute());
        Assert.Equal(0, _connection.Statement("DELETE FROM rows WHERE id = 9").Execute());
    }

    [Fact]
    public void A_query_maps_every_row_and_a_single_the_first()
    {
        const string Three = "SELECT value FROM json_each('[1,2,3]')";

        Assert.Equal([1, 2, 3], _connection.Statement(Three).Query(row => row.GetInt32(0)));
        Assert.Equal(1, _connection.Statement(Three).Single(row => row.GetInt32(0)));
        Assert.Equal(0, _connection.Statement("SELECT 5 WHERE 0").Single(row => row.GetInt32(0)));
        Assert.Null(_connection.Statement("SELECT 5 WHERE 0").Scalar());
    }

    [Fact]
    public void A_single_answer_of_a_change_does_not_hide_what_fails_at_its_end()
    {
        var insert = _connection.Statement("INSERT INTO children (parent) VALUES (99) RETURNING id");

        Assert.Throws<SqliteException>(() => insert.Scalar());
        Assert.Equal(0, _connection.Statement("SELECT count(*) FROM children").Scalar());
    }

    [Fact]
    public void A_statement_that_failed_can_be_used_again()
    {
        const string Insert = "INSERT INTO rows (text) VALUES (@text)";
        _connection.Statement(Insert).Set("@text", "a").Execute();

        Assert.Equal(19, Assert.Throws<SqliteException>(() => _connection.Statement(Insert).Set("@text", "a").Execute()).SqliteErrorCode);

        Assert.Equal(1, _connection.Statement(Insert).Set("@text", "b").Execute());
    }

    [Fact]
    public void A_statement_cannot_be_used_from_within_its_own_rows()
    {
        const string One = "SELECT 1";

        Assert.Throws<InvalidOperationException>(() => _connection.Statement(One).Query(_ => _connection.Statement(One).Scalar()));
        Assert.Equal(1, _connection.Statement(One).Scalar());
    }

    [Fact]
    public void Mistakes_are_refused()
    {
        Assert.Contains("@a, @b", Assert.Throws<ArgumentException>(() => _connection.Statement(Echo).Set("@c", 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _connection.Statement("SELECT 1; SELECT 2"));
        Assert.Throws<ArgumentException>(() => _connection.Statement(" "));
        Assert.Throws<SqliteException>(() => _connection.Statement("SELECT nothing"));
    }

    [Fact]
    public void A_warm_statement_allocates_nothing()
    {
        const string Insert = "INSERT INTO rows (text) VALUES (@text)";
        _connection.Statement("BEGIN").Execute();
        _connection.Statement(Insert).Set("@text", "warm").Execute();

        var before = GC.GetAllocatedBytesForCurrentThread();
        _connection.Statement(Insert).Set("@text", "measured").Execute();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }
}
