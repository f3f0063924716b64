using System.Globalization;
using Orchestrator.Auditing;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>Writes what was done to a tree, and what was refused, to the operation log.</summary>
internal sealed class PatchAudit(IOperationLog? operations)
{
    /// <summary>More files and conflicts than these are only counted.</summary>
    private const int MaxListed = 100;

    private const int MaxMessage = 1000;

    /// <summary>Records an application or a refusal.</summary>
    public ValueTask AppliedAsync(PatchSet patch, PatchApplication application) => AppendAsync(OperationNames.PatchApplied, application, patch);

    /// <summary>Records that an application was taken back, or that it could not be.</summary>
    public ValueTask RevertedAsync(PatchApplication application) => AppendAsync(OperationNames.PatchReverted, application, patch: null);

    // Not cancelled: what is done stands in the log, or the caller hears that it does not and repeats the call.
    private async ValueTask AppendAsync(string name, PatchApplication application, PatchSet? patch)
    {
        if (operations is null)
        {
            return;
        }

        var metadata = patch?.Metadata;
        var operation = new Operation
        {
            Name = name,
            TaskId = patch?.TaskId,
            Provider = metadata?.Provider,
            Outcome = application.Outcome switch
            {
                PatchOutcome.Applied or PatchOutcome.AlreadyApplied or PatchOutcome.Reverted => OperationOutcome.Succeeded,
                PatchOutcome.Conflicted => OperationOutcome.Failed,
                _ => OperationOutcome.Refused,
            },
            Message = Message(application),
            Data = new ValueMap([.. Facts(application, patch), .. Listed(application)]),
        };
        await operations.AppendAsync(operation, CancellationToken.None).ConfigureAwait(false);
    }

    private static string Message(PatchApplication application)
    {
        var text = application.Conflicts.Count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{application.Outcome.ToName()}: {application.Files.Count} files.")
            : string.Create(CultureInfo.InvariantCulture, $"{application.Outcome.ToName()}: {application.Conflicts[0].Path} {application.Conflicts[0].Message}");
        return text.Length <= MaxMessage ? text : text[..MaxMessage] + "…";
    }

    private static IEnumerable<KeyValuePair<string, string>> Facts(PatchApplication application, PatchSet? patch)
    {
        yield return new("application_id", application.Id);
        yield return new("outcome", application.Outcome.ToName());
        yield return new("files", application.Files.Count.ToString(CultureInfo.InvariantCulture));
        yield return new("conflicts", application.Conflicts.Count.ToString(CultureInfo.InvariantCulture));
        if (patch?.BaseCommit is { } commit)
        {
            yield return new("base_commit", commit);
        }

        if (patch?.Metadata.Model is { } model)
        {
            yield return new("model", model);
        }

        if (patch?.Metadata.Confidence is { } confidence)
        {
            yield return new("confidence", confidence.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Listed(PatchApplication application) =>
        application.Files.Take(MaxListed)
            .Select(static file => KeyValuePair.Create("file:" + file.Path, $"{file.Operation.ToName()} {file.BeforeHash ?? "-"} {file.AfterHash ?? "-"}"))
            .Concat(application.Conflicts.Take(MaxListed)
                .Select(static (conflict, i) => KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"conflict:{i}"), $"{conflict.Code.ToName()} {conflict.Path}:{conflict.Line}")))
            .DistinctBy(static pair => pair.Key, StringComparer.Ordinal);
}
