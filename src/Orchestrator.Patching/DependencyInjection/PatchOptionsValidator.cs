using Microsoft.Extensions.Options;

namespace Orchestrator.Patching;

/// <summary>Checks <see cref="PatchOptions"/> and reports every error at once.</summary>
internal sealed class PatchOptionsValidator : IValidateOptions<PatchOptions>
{
    public ValidateOptionsResult Validate(string? name, PatchOptions options)
    {
        var errors = Errors(options);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    public static List<string> Errors(PatchOptions options)
    {
        var errors = new List<string>();
        InRange(errors, nameof(options.MaxPatchBytes), options.MaxPatchBytes, 1, 1L << 30);
        InRange(errors, nameof(options.MaxFiles), options.MaxFiles, 1, int.MaxValue);
        InRange(errors, nameof(options.MaxEdits), options.MaxEdits, 1, int.MaxValue);
        InRange(errors, nameof(options.MaxLineBytes), options.MaxLineBytes, 1000, int.MaxValue);
        InRange(errors, nameof(options.MaxFileBytes), options.MaxFileBytes, 1, 1L << 30);
        InRange(errors, nameof(options.MaxTotalBytes), options.MaxTotalBytes, options.MaxFileBytes, long.MaxValue);
        InRange(errors, nameof(options.KeepApplications), options.KeepApplications, 1, int.MaxValue);
        if (options.LockTimeout < TimeSpan.Zero || options.LockTimeout > TimeSpan.FromDays(1))
        {
            errors.Add($"{nameof(options.LockTimeout)} must be between zero and one day, not {options.LockTimeout}.");
        }

        if (!Enum.IsDefined(options.Durability))
        {
            errors.Add($"{nameof(options.Durability)} has no value {(int)options.Durability}.");
        }

        if (options.JournalDirectory is { } directory && !Path.IsPathFullyQualified(directory))
        {
            errors.Add($"{nameof(options.JournalDirectory)} must be an absolute path.");
        }

        foreach (var pattern in options.ProtectedPaths)
        {
            if (string.IsNullOrWhiteSpace(pattern) || pattern.StartsWith('/') || pattern.Contains('\\', StringComparison.Ordinal))
            {
                errors.Add($"{nameof(options.ProtectedPaths)} has '{pattern}': a pattern is relative to the root and separated by '/'.");
            }
        }

        return errors;
    }

    private static void InRange(List<string> errors, string name, long value, long minimum, long maximum)
    {
        if (value < minimum || value > maximum)
        {
            errors.Add($"{name} must be between {minimum} and {maximum}, not {value}.");
        }
    }
}
