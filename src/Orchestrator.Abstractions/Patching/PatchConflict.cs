using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>Why a patch cannot be applied, told so that an agent can mend it: a value, never an exception.</summary>
public sealed record PatchConflict
{
    /// <summary>The kind of conflict.</summary>
    public required PatchConflictCode Code { get; init; }

    /// <summary>What is wrong and what to do, in one or two sentences.</summary>
    public required string Message { get; init => field = Require.Text(value); }

    /// <summary>The file, when it is about one.</summary>
    public string? Path { get; init; }

    /// <summary>The edit within the file, counted from 0.</summary>
    public int? Edit { get; init; }

    /// <summary>The line, counted from 1, in the file; of a patch that cannot be read, in the patch.</summary>
    public int? Line { get; init; }

    /// <summary>The column, counted from 1, in a patch that cannot be read; <see langword="null"/> when only the line is known.</summary>
    public int? Column { get; init; }

    /// <summary>What the patch expects there.</summary>
    public string? Expected { get; init; }

    /// <summary>What is there.</summary>
    public string? Actual { get; init; }

    /// <summary>The lines of every place that fits, when several do.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<int>))]
    public ValueList<int> Candidates { get; init => field = value ?? []; } = [];

    /// <summary>More about the file and the patch, to mend it with; <see langword="null"/> when there is nothing to tell.</summary>
    public PatchDiagnosis? Diagnosis { get; init; }
}

/// <summary>The kinds of conflict.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PatchConflictCode>))]
public enum PatchConflictCode
{
    /// <summary>A kind that this version does not know.</summary>
    Unknown = 0,

    /// <summary>The patch cannot be read.</summary>
    Malformed,

    /// <summary>The patch changes nothing.</summary>
    Empty,

    /// <summary>The path leaves the root, is not normal, or is reserved.</summary>
    PathRefused,

    /// <summary>The policy protects the path.</summary>
    PathProtected,

    /// <summary>The operation or mode is not allowed.</summary>
    OperationRefused,

    /// <summary>A limit of size or number is exceeded.</summary>
    TooLarge,

    /// <summary>The file is not there.</summary>
    FileMissing,

    /// <summary>A file is there that must not be.</summary>
    FileExists,

    /// <summary>The path is a directory, a link or something else that is not a plain file.</summary>
    NotAFile,

    /// <summary>Two file patches meet in one path, or paths that some file systems do not tell apart.</summary>
    PathCollision,

    /// <summary>The expected bytes are nowhere.</summary>
    ContextNotFound,

    /// <summary>The expected bytes are in several places.</summary>
    Ambiguous,

    /// <summary>Two edits overlap.</summary>
    Overlap,

    /// <summary>The file is not the one that the patch was made against.</summary>
    BaseMismatch,

    /// <summary>The file changed between check and write; everything was taken back.</summary>
    ChangedMeanwhile,

    /// <summary>The patch would bring a known secret into the tree.</summary>
    Secret,

    /// <summary>The system refused a read or write; everything was taken back.</summary>
    IoError,

    /// <summary>Another process holds the root.</summary>
    Locked,

    /// <summary>A third party changed a file that had to be restored: left as it is, our copy is kept beside the journal.</summary>
    RecoveryConflict,

    /// <summary>Looking for the places would take too much work: the patch is far from the file, or the file repeats itself endlessly.</summary>
    TooComplex,

    /// <summary>The place was found, but less exactly than the policy lets through.</summary>
    MatchTooLoose,

    /// <summary>The patch and what others changed since its base touch the same lines.</summary>
    MergeConflict,

    /// <summary>A place by numbers is not a place between two characters of the file.</summary>
    RangeRefused,

    /// <summary>The file after cannot be parsed, although the file before could, or was not there.</summary>
    SyntaxError,

    /// <summary>The file after holds markers of a merge that were not there before.</summary>
    MergeMarkers,

    /// <summary>The file is made by a tool, and a patch must not change it by hand.</summary>
    GeneratedFile,

    /// <summary>A validator of the host's refused it.</summary>
    Invalid,
}
