namespace Orchestrator.Patching;

/// <summary>The names of the validators that come with the package. All are at work unless <see cref="PatchOptions.DisabledValidators"/> names them.</summary>
public static class PatchValidators
{
    /// <summary>Refuses to turn a valid JSON file into an invalid one, and invalid new ones. Comments and trailing commas pass where the file's tool or the file before has them.</summary>
    public const string Json = "json";

    /// <summary>Refuses to turn a well-formed XML file into one that is not, and new ones that are not. Files with a document type are not looked at.</summary>
    public const string Xml = "xml";

    /// <summary>Refuses new lines that begin as the markers of an unfinished merge do.</summary>
    public const string MergeMarkers = "merge-markers";

    /// <summary>Refuses new private keys, and new tokens whose form tells that they are secret.</summary>
    public const string Secrets = "secrets";

    /// <summary>Guards lock files and generated files as <see cref="PatchOptions.GeneratedFiles"/> says.</summary>
    public const string GeneratedFiles = "generated-files";

    /// <summary>Refuses files that grow by more than <see cref="PatchOptions.MaxGrowthFactor"/>.</summary>
    public const string Growth = "growth";

    /// <summary>Refuses edits of text that turn it into something that is no text.</summary>
    public const string FileType = "file-type";

    internal static IReadOnlyList<string> All { get; } = [Json, Xml, MergeMarkers, Secrets, GeneratedFiles, Growth, FileType];

    /// <summary>Those of the package that are at work, and then those of the host.</summary>
    internal static IReadOnlyList<IPatchValidator> Of(PatchOptions options)
    {
        IPatchValidator[] shipped =
        [
            new GrowthValidator(options.MaxGrowthFactor, options.GrowthFloorBytes),
            new FileTypeValidator(),
            new GeneratedFileValidator(options.GeneratedFiles),
            new MergeMarkerValidator(options.WriteMergeMarkers),
            new SecretValidator(),
            new JsonSyntaxValidator(),
            new XmlSyntaxValidator(),
        ];
        return [.. shipped.Where(validator => !options.DisabledValidators.Contains(validator.Name, StringComparer.Ordinal)), .. options.Validators];
    }
}
