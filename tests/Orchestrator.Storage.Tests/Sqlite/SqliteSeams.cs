using Orchestrator.Conformance;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

/// <summary>The seams of SQLite on a test's file.</summary>
internal static class SqliteSeams
{
    /// <summary>Opens the file once more, as another process would.</summary>
    public static StorageSeams OpenSeams(this SqliteFile file, ISecretRedactor? redactor = null)
    {
        var database = file.Open();
        return new StorageSeams(
            new SqliteTaskStore(database, redactor), new SqliteTaskOperations(database), new SqliteTaskPlans(database, redactor), new SqliteTaskSchedules(database, redactor));
    }
}
