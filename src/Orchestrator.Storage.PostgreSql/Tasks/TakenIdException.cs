namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>Somebody added a task of the same id between our look and our insert: the transaction is rolled back and done again.</summary>
internal sealed class TakenIdException : Exception;
