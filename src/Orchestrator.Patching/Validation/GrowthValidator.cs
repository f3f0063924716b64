using System.Globalization;

namespace Orchestrator.Patching;

/// <summary>Refuses files that grow out of proportion: a sign of a repetition without end, or of the wrong file.</summary>
internal sealed class GrowthValidator(double factor, long floor) : IPatchValidator
{
    public string Name => PatchValidators.Growth;

    public IEnumerable<PatchConflict> Validate(PatchValidationContext file, CancellationToken cancellationToken) =>
        file is { Before: { } before, After: { } after } && after.Length > floor && after.Length > before.Length * factor
            ?
            [
                file.Refuse(PatchConflictCode.TooLarge, string.Create(
                    CultureInfo.InvariantCulture, $"The file would grow from {before.Length} to {after.Length} bytes, more than {factor} times. Send less, or make a new file.")),
            ]
            : [];
}
