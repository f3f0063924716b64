using Microsoft.Extensions.Logging;
using Orchestrator.Providers;

namespace Orchestrator.Routing.Diagnostics;

/// <summary>What the router logs: ids 1000 to 1099.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Debug, "Task {TaskId} goes to {Provider} ({Reason}, expected cost {Score} USD, decision {DecisionId}).", EventName = "RoutingDecided")]
    public static partial void Decided(ILogger logger, string taskId, string provider, RoutingReason reason, double score, Guid decisionId);

    [LoggerMessage(1001, LogLevel.Information, "Task {TaskId} has no provider: {Message}", EventName = "RoutingRejected")]
    public static partial void Rejected(ILogger logger, string taskId, string message);

    [LoggerMessage(1002, LogLevel.Warning, "The circuit breaker of {Provider} is open after {Failure}, until {Until}.", EventName = "BreakerOpened")]
    public static partial void BreakerOpened(ILogger logger, string provider, FailureClass failure, DateTimeOffset until);

    [LoggerMessage(1003, LogLevel.Information, "The circuit breaker of {Provider} is closed again.", EventName = "BreakerClosed")]
    public static partial void BreakerClosed(ILogger logger, string provider);

    [LoggerMessage(1004, LogLevel.Information, "{Provider} is left alone after {Failure}, until {Until}.", EventName = "ProviderWaits")]
    public static partial void Waits(ILogger logger, string provider, FailureClass failure, DateTimeOffset until);

    [LoggerMessage(1005, LogLevel.Warning, "An outcome names provider '{Provider}', which is not registered; it is ignored.", EventName = "OutcomeOfUnknownProvider")]
    public static partial void UnknownProvider(ILogger logger, string provider);

    [LoggerMessage(1006, LogLevel.Warning, "{Provider} is unhealthy: {Message}", EventName = "ProviderUnhealthy")]
    public static partial void Unhealthy(ILogger logger, string provider, string message);

    [LoggerMessage(1007, LogLevel.Warning, "The health check of {Provider} broke.", EventName = "HealthCheckBroke")]
    public static partial void HealthCheckBroke(ILogger logger, Exception error, string provider);

    [LoggerMessage(1008, LogLevel.Information, "The routing settings were replaced: snapshot {Version}.", EventName = "SettingsReplaced")]
    public static partial void SettingsReplaced(ILogger logger, long version);

    [LoggerMessage(1009, LogLevel.Error, "The changed routing settings are wrong; the old ones stay.", EventName = "SettingsRefused")]
    public static partial void SettingsRefused(ILogger logger, Exception error);

    [LoggerMessage(1010, LogLevel.Error, "The selection policy '{Policy}' failed at task {TaskId}; the best score was taken.", EventName = "SelectionPolicyFailed")]
    public static partial void SelectionPolicyFailed(ILogger logger, Exception error, string policy, string taskId);

    [LoggerMessage(1070, LogLevel.Information, "The attempt of {Provider} at task {TaskId} failed ({Failure}); what follows: {Response}.", EventName = "AttemptFailed")]
    public static partial void AttemptFailed(ILogger logger, string taskId, string provider, FailureClass failure, Attempts.FailureResponse response);

    [LoggerMessage(1071, LogLevel.Warning, "Task {TaskId} is not tried again: retries have had their share of the traffic.", EventName = "RetriesSpent")]
    public static partial void RetriesSpent(ILogger logger, string taskId);

    [LoggerMessage(1072, LogLevel.Information, "Task {TaskId} waits for a provider until {Until}: nobody else can do it.", EventName = "WaitsForProvider")]
    public static partial void WaitsForProvider(ILogger logger, string taskId, DateTimeOffset until);

    [LoggerMessage(1073, LogLevel.Information, "{Second} works on task {TaskId} beside {First} ({Racing}).", EventName = "SecondStarted")]
    public static partial void SecondStarted(ILogger logger, string taskId, string second, string first, Tasks.TaskRacing racing);

    [LoggerMessage(1074, LogLevel.Warning, "The attempt that lost at task {TaskId} broke.", EventName = "LoserBroke")]
    public static partial void LoserBroke(ILogger logger, Exception error, string taskId);

    [LoggerMessage(1075, LogLevel.Debug, "{Provider} was chosen for task {TaskId} but lets no more in: {Reason}", EventName = "AdmissionRefused")]
    public static partial void AdmissionRefused(ILogger logger, string taskId, string provider, string reason);

    [LoggerMessage(1020, LogLevel.Warning, "No price is known of {Providers}: price ceilings of tasks do not hold for them, and they count as free. Set PricePerTaskUsd (0 when a task costs nothing) or the prices of their models.", EventName = "ProvidersWithoutPrice")]
    public static partial void WithoutPrice(ILogger logger, string providers);

    [LoggerMessage(1021, LogLevel.Error, "Wrong in the changed routing settings: {Error}", EventName = "SettingWrong")]
    public static partial void SettingWrong(ILogger logger, string error);

    [LoggerMessage(1030, LogLevel.Error, "The state store cannot be reached: attempt {AttemptId} is not admitted, because its budgets cannot be checked.", EventName = "BudgetStoreUnreachable")]
    public static partial void BudgetStoreUnreachable(ILogger logger, Exception error, string attemptId);

    [LoggerMessage(1031, LogLevel.Warning, "What attempt {AttemptId} has spent cannot be written to the state store now; it is repeated.", EventName = "SettlementPostponed")]
    public static partial void SettlementPostponed(ILogger logger, Exception error, string attemptId);

    [LoggerMessage(1032, LogLevel.Warning, "The reservation of attempt {AttemptId} could not be renewed in the state store.", EventName = "RenewalFailed")]
    public static partial void RenewalFailed(ILogger logger, Exception error, string attemptId);

    [LoggerMessage(1033, LogLevel.Information, "The router's state was loaded: {Entries} entries, {Balances} balances.", EventName = "RoutingStateLoaded")]
    public static partial void StateLoaded(ILogger logger, int entries, int balances);

    [LoggerMessage(1034, LogLevel.Error, "The router's state could not be loaded; the router starts with what the settings say, and tries again.", EventName = "RoutingStateLoadFailed")]
    public static partial void StateLoadFailed(ILogger logger, Exception error);

    [LoggerMessage(1035, LogLevel.Warning, "The router's state could not be saved; it is tried again.", EventName = "RoutingStateSaveFailed")]
    public static partial void StateSaveFailed(ILogger logger, Exception error);

    [LoggerMessage(1036, LogLevel.Warning, "An entry of the router's state is not understood and left out: {Kind} {Key}.", EventName = "RoutingStateEntryIgnored")]
    public static partial void StateEntryIgnored(ILogger logger, string kind, string key);

    [LoggerMessage(1037, LogLevel.Information, "{Provider} takes no new work from now on; {InFlight} attempts go on.", EventName = "ProviderDraining")]
    public static partial void Draining(ILogger logger, string provider, int inFlight);

    [LoggerMessage(1038, LogLevel.Information, "{Provider} takes work again.", EventName = "ProviderResumed")]
    public static partial void Resumed(ILogger logger, string provider);

    [LoggerMessage(1039, LogLevel.Error, "A round of health checks broke; the next one comes as planned.", EventName = "HealthRoundBroke")]
    public static partial void HealthRoundBroke(ILogger logger, Exception error);

    [LoggerMessage(1040, LogLevel.Error, "The state store works, but refuses again and again to book attempt {AttemptId}: {NanoUsd} billionths of a US dollar and {Tokens} tokens are not counted by it.", EventName = "SettlementGivenUp")]
    public static partial void SettlementGivenUp(ILogger logger, Exception error, string attemptId, long nanoUsd, long tokens);

    [LoggerMessage(1041, LogLevel.Information, "Another process decided about {Provider}: it takes no new work (true) or works again (false): {IsDraining}.", EventName = "DrainingTakenOver")]
    public static partial void DrainingTakenOver(ILogger logger, string provider, bool isDraining);

    [LoggerMessage(1050, LogLevel.Warning, "{Count} decisions or outcomes were not recorded ({Reason}); the meter counts all further ones.", EventName = "RecordsDropped")]
    public static partial void RecordsDropped(ILogger logger, int count, string reason);

    [LoggerMessage(1051, LogLevel.Warning, "{Count} decisions or outcomes could not be written to the log of decisions; it is tried again.", EventName = "RecordingRetried")]
    public static partial void RecordingRetried(ILogger logger, Exception error, int count);

    [LoggerMessage(1052, LogLevel.Error, "{Count} decisions or outcomes are lost: the log of decisions failed again and again.", EventName = "RecordsLost")]
    public static partial void RecordsLost(ILogger logger, Exception error, int count);

    [LoggerMessage(1053, LogLevel.Information, "Decision {DecisionId}: the work of {Provider} was {Verdict} (learned: {IsLearned}).", EventName = "FeedbackCounted")]
    public static partial void FeedbackCounted(ILogger logger, Guid decisionId, string provider, FeedbackVerdict verdict, bool isLearned);
}
