using Microsoft.Extensions.Logging;

namespace Orchestrator.Patching;

/// <summary>What patching logs: ids, counts and codes; never contents. Event ids 1200 to 1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Information, "Patch {ApplicationId} was applied: {Files} files.", EventName = "PatchApplied")]
    public static partial void Applied(ILogger logger, string applicationId, int files);

    [LoggerMessage(1201, LogLevel.Warning, "Patch {ApplicationId} was refused with {Conflicts} conflicts, the first of them {Code}; nothing was written.", EventName = "PatchRejected")]
    public static partial void Rejected(ILogger logger, string applicationId, int conflicts, PatchConflictCode code);

    [LoggerMessage(1202, LogLevel.Warning, "Patch {ApplicationId} was taken back after it had begun: {Reason}.", EventName = "PatchRolledBack")]
    public static partial void RolledBack(ILogger logger, string applicationId, string reason);

    [LoggerMessage(1203, LogLevel.Information, "Patch {ApplicationId} was reverted with {Conflicts} conflicts.", EventName = "PatchReverted")]
    public static partial void Reverted(ILogger logger, string applicationId, int conflicts);

    [LoggerMessage(1204, LogLevel.Warning, "Patch {ApplicationId} was interrupted; recovery ended as {Outcome} with {Conflicts} conflicts.", EventName = "PatchRecovered")]
    public static partial void Recovered(ILogger logger, string applicationId, PatchOutcome outcome, int conflicts);

    [LoggerMessage(1205, LogLevel.Error, "The journal {File} is damaged and was put aside.", EventName = "PatchJournalDamaged")]
    public static partial void JournalDamaged(ILogger logger, string file);

    [LoggerMessage(1206, LogLevel.Debug, "The journal {File} could not be removed: {Reason}.", EventName = "PatchJournalKept")]
    public static partial void JournalKept(ILogger logger, string file, string reason);
}
