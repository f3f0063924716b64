using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>What an agent needs to know to mend a patch that was refused.</summary>
public sealed record PatchDiagnosis
{
    /// <summary>The SHA-256 of the file in hexadecimal digits.</summary>
    public string? FileHash { get; init; }

    /// <summary>How many lines the file has.</summary>
    public int? FileLines { get; init; }

    /// <summary>How the file's lines end: <c>lf</c>, <c>crlf</c>, <c>cr</c>, <c>mixed</c> or <c>none</c>.</summary>
    public string? LineEnds { get; init; }

    /// <summary>How the file is indented: <c>tabs</c>, <c>spaces</c>, <c>mixed</c> or <c>none</c>.</summary>
    public string? Indentation { get; init; }

    /// <summary>Whether the file's last line has an end; <see langword="null"/> when it is empty.</summary>
    public bool? HasFinalNewline { get; init; }

    /// <summary>The least exact tier that was tried.</summary>
    public MatchTier? Tier { get; init; }

    /// <summary>Whether what the edit would bring is there already.</summary>
    public bool IsAlreadyApplied { get; init; }

    /// <summary>The commit or base since which the file changed, when that is known.</summary>
    public string? StaleSince { get; init; }

    /// <summary>The other edits of the file that found their place, counted from 0. Nothing of them was written.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<int>))]
    public ValueList<int> FittingEdits { get; init => field = value ?? []; } = [];

    /// <summary>What the first difference is, in words: <c>the file has no final newline</c>, for example.</summary>
    public string? Difference { get; init; }

    /// <summary>What to send next, in one sentence.</summary>
    public string? Remedy { get; init; }
}
