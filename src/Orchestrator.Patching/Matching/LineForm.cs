namespace Orchestrator.Patching;

/// <summary>What of a line counts when lines are compared.</summary>
internal enum LineForm
{
    /// <summary>All but its end.</summary>
    Content = 0,

    /// <summary>All but its end and the spaces and tabs before it.</summary>
    TrimmedEnd,

    /// <summary>All but its end, and the spaces and tabs at both sides.</summary>
    Trimmed,

    /// <summary>As <see cref="TrimmedEnd"/>, with typographic marks as their ASCII forms.</summary>
    Folded,
}
