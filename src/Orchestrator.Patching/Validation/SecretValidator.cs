using System.Text;

namespace Orchestrator.Patching;

/// <summary>Refuses new text that has the form of a secret. Secrets that are known by value are looked for besides, when there is a redactor.</summary>
internal sealed class SecretValidator : IPatchValidator
{
    private const int MaxReported = 10;

    public string Name => PatchValidators.Secrets;

    public IEnumerable<PatchConflict> Validate(PatchValidationContext file, CancellationToken cancellationToken)
    {
        if (file.After is not { } after)
        {
            return [];
        }

        var conflicts = new List<PatchConflict>();
        foreach (var (old, now) in file.Stretches())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Report(file, SecretFinder.Tokens(now.Span), () => SecretFinder.Tokens(old.Span), conflicts);
        }

        Report(file, SecretFinder.Keys(after.Bytes.Span), () => SecretFinder.Keys(file.Before is { } before ? before.Bytes.Span : default), conflicts);
        return conflicts;
    }

    private static void Report(PatchValidationContext file, Dictionary<string, string> found, Func<Dictionary<string, string>> before, List<PatchConflict> conflicts)
    {
        var known = found.Count == 0 ? [] : before();
        foreach (var (secret, kind) in found)
        {
            if (!known.ContainsKey(secret) && conflicts.Count < MaxReported)
            {
                conflicts.Add(file.Refuse(
                    PatchConflictCode.Secret, $"The patch brings in what has the form of {kind}. Refer to the secret by its name instead.", file.LineOf(Encoding.ASCII.GetBytes(secret))));
            }
        }
    }
}
