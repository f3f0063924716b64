namespace Orchestrator.Containers.Tests.Scripted;

/// <summary>What can go wrong with a call.</summary>
internal enum CallFault
{
    /// <summary>It fails without having done anything, and may succeed later.</summary>
    FailBefore,

    /// <summary>It is refused for good.</summary>
    RefuseBefore,

    /// <summary>It was carried out, and fails.</summary>
    FailAfter,

    /// <summary>It never ends, until it is cancelled.</summary>
    Hang,

    /// <summary>It never ends, even then.</summary>
    HangDeaf,

    /// <summary>It was carried out, and never ends until it is cancelled.</summary>
    HangAfter,

    /// <summary>It claims to have done what it did not.</summary>
    LieDone,
}
