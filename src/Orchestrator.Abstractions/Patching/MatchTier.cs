using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>How exactly the place of an edit was found. Every tier demands exactly one place, unless a line that the patch names decides.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<MatchTier>))]
public enum MatchTier
{
    /// <summary>The very bytes, at the line that the patch names moved along with the edits before, or by range.</summary>
    Exact = 0,

    /// <summary>The very bytes, at another line.</summary>
    Moved,

    /// <summary>Equal but for the line ends.</summary>
    LineEnds,

    /// <summary>Equal but for spaces and tabs at the end of lines.</summary>
    TrailingSpace,

    /// <summary>Equal when all lines are indented more, or less, by the same text; the replacement is indented alike.</summary>
    Indentation,

    /// <summary>Equal when typographic quotes, dashes and spaces count as their ASCII forms.</summary>
    Punctuation,

    /// <summary>Found with fewer lines of context than the patch gives, or with lines that the patch leaves out by <c>...</c>. Removed lines are never reduced. Off by default.</summary>
    ReducedContext,
}
