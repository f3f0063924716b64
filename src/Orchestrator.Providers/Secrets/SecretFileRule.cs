namespace Orchestrator.Secrets;

/// <summary>Which files are trusted.</summary>
internal enum SecretFileRule
{
    /// <summary>A file of this user that nobody else can read or write, reached by no symbolic link.</summary>
    Private = 0,

    /// <summary>A file that nobody but its owner can write.</summary>
    NotWritableByOthers,
}
