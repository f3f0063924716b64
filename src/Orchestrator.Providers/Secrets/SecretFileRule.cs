namespace Orchestrator.Secrets;

/// <summary>Which files are trusted.</summary>
internal enum SecretFileRule
{
    /// <summary>A file of this user that nobody else can read or write. It is no symbolic link itself; directories above it may be reached by links, as nobody else can put such a file behind them.</summary>
    Private = 0,

    /// <summary>
    /// A file of this user or root that others cannot write, named in a directory of which the same holds; links are followed. On what is mounted for reading only, owner and
    /// mode say nothing about who can write here, and it is trusted as whoever mounted it.
    /// </summary>
    Mounted,
}
