using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>A form in which patches come.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PatchFormat>))]
public enum PatchFormat
{
    /// <summary>Found out from the content. The default.</summary>
    Auto = 0,

    /// <summary>A unified diff with or without git's extended headers and binary patches.</summary>
    UnifiedDiff,

    /// <summary>A <see cref="PatchSet"/> as JSON.</summary>
    PatchSet,

    /// <summary>AIPatch operations as JSON: one object, an array, or one object a line.</summary>
    [JsonStringEnumMemberName("aipatch")]
    AIPatch,

    /// <summary>The <c>*** Begin Patch</c> envelope of Codex.</summary>
    ApplyPatch,

    /// <summary>Blocks of <c>&lt;&lt;&lt;&lt;&lt;&lt;&lt; SEARCH</c>, <c>=======</c> and <c>&gt;&gt;&gt;&gt;&gt;&gt;&gt; REPLACE</c>, each after the name of its file.</summary>
    SearchReplace,

    /// <summary>JSON objects with <c>path</c>, <c>old_str</c> and <c>new_str</c>.</summary>
    StrReplace,

    /// <summary>Whole files in fences, each after its name.</summary>
    WholeFile,

    /// <summary>A WorkspaceEdit, or a document's TextEdits, of the Language Server Protocol as JSON.</summary>
    LspEdit,
}
