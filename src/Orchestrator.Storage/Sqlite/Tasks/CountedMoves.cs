using Microsoft.Data.Sqlite;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>Counts changes of state that raised <c>counted_moves</c>, all of one transaction at once: by the trigger each would cost two updates.</summary>
internal static class CountedMoves
{
    /// <summary>What such a statement sets beside the state.</summary>
    public const string Raise = "counted_moves = counted_moves + 1";

    private const string Count = "UPDATE queue_counters SET count = count + @Change WHERE queue = @Queue AND state = @State";

    /// <summary>Counts that so many tasks of a queue went from one state to another.</summary>
    public static void Add(SqliteConnection connection, string queue, string from, string to, long tasks)
    {
        if (tasks > 0)
        {
            connection.Statement(Count).Set("@Change", -tasks).Set("@Queue", queue).Set("@State", from).Execute();
            connection.Statement(Count).Set("@Change", tasks).Set("@Queue", queue).Set("@State", to).Execute();
        }
    }
}
