namespace Orchestrator.Patching;

/// <summary>What patches may do to files that a tool makes: lock files of package managers, and generated code.</summary>
public enum GeneratedFilePolicy
{
    /// <summary>
    /// A lock file may change together with the manifest that it follows, and generated code together with at least one file that is not generated. Made anew, moved or deleted they may be
    /// at any time. The default: agents run package managers and generators, which is how such files should change; a change of nothing else was made by hand.
    /// </summary>
    WithSource = 0,

    /// <summary>Patches may change them like all others.</summary>
    Allow,

    /// <summary>Patches may neither make nor change nor remove them.</summary>
    Refuse,
}
