using System.Globalization;
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
        InRange(errors, nameof(options.StripComponents), options.StripComponents ?? 0, 0, 100);
        InRange(errors, nameof(options.MaxFileBytes), options.MaxFileBytes, 1, 1L << 30);
        InRange(errors, nameof(options.MaxTotalBytes), options.MaxTotalBytes, options.MaxFileBytes, long.MaxValue);
        InRange(errors, nameof(options.MaxHintDistance), options.MaxHintDistance, 0, int.MaxValue);
        InRange(errors, nameof(options.MaxMatchWork), options.MaxMatchWork, 1000, long.MaxValue);
        if (!Enum.IsDefined(options.MaxTier))
        {
            errors.Add($"{nameof(options.MaxTier)} has no value {(int)options.MaxTier}.");
        }

        InRange(errors, nameof(options.GrowthFloorBytes), options.GrowthFloorBytes, 0, long.MaxValue);
        if (!(options.MaxGrowthFactor >= 1))
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"{nameof(options.MaxGrowthFactor)} must be at least 1, not {options.MaxGrowthFactor}."));
        }

        if (!Enum.IsDefined(options.GeneratedFiles))
        {
            errors.Add($"{nameof(options.GeneratedFiles)} has no value {(int)options.GeneratedFiles}.");
        }

        errors.AddRange(options.AllowedOperations.Where(static operation => operation == FileOperation.Unknown || !Enum.IsDefined(operation))
            .Select(static operation => $"{nameof(options.AllowedOperations)} cannot have {operation}."));
        Validators(errors, options);
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

        if (options.WorkspaceUri is { } workspace && (!Uri.TryCreate(workspace, UriKind.Absolute, out var uri) || uri.Query.Length > 0 || uri.Fragment.Length > 0))
        {
            errors.Add($"{nameof(options.WorkspaceUri)} must be an absolute URI without query and fragment.");
        }

        Patterns(errors, nameof(options.ProtectedPaths), options.ProtectedPaths);
        Patterns(errors, nameof(options.AtomicPaths), options.AtomicPaths);
        return errors;
    }

    private static void Validators(List<string> errors, PatchOptions options)
    {
        errors.AddRange(options.DisabledValidators.Where(static name => !PatchValidators.All.Contains(name, StringComparer.Ordinal))
            .Select(static name => $"{nameof(options.DisabledValidators)} has '{name}'; those of the package are {string.Join(", ", PatchValidators.All)}."));
        var names = PatchValidators.All.ToHashSet(StringComparer.Ordinal);
        foreach (var validator in options.Validators)
        {
            if (validator is null || string.IsNullOrWhiteSpace(validator.Name) || !names.Add(validator.Name))
            {
                errors.Add($"{nameof(options.Validators)} has '{validator?.Name}': every validator needs a name of its own.");
            }
        }
    }

    private static void Patterns(List<string> errors, string name, IList<string> patterns)
    {
        foreach (var pattern in patterns)
        {
            if (string.IsNullOrWhiteSpace(pattern) || pattern.StartsWith('/') || pattern.Contains('\\', StringComparison.Ordinal))
            {
                errors.Add($"{name} has '{pattern}': a pattern is relative to the root and separated by '/'.");
            }
        }
    }

    private static void InRange(List<string> errors, string name, long value, long minimum, long maximum)
    {
        if (value < minimum || value > maximum)
        {
            errors.Add($"{name} must be between {minimum} and {maximum}, not {value}.");
        }
    }
}
