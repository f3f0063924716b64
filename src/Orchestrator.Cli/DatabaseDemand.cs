namespace Orchestrator.Cli;

/// <summary>What a command demands of the database before it works on it.</summary>
internal enum DatabaseDemand
{
    /// <summary>Nothing: it is made when it is not there, and brought up to date.</summary>
    None,

    /// <summary>It must be there: the command says something about what is in it, and nothing may be said about a database that was made just now.</summary>
    Existing,

    /// <summary>It must be there with the schema of this version: the command does not change it first.</summary>
    Current,
}
