using System.Text.Json.Serialization;
using Orchestrator.Auditing;
using Orchestrator.Containers;
using Orchestrator.Executions;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Queue.Schedules;
using Orchestrator.Routing;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.State;
using Orchestrator.Tasks;

namespace Orchestrator.Json;

/// <summary>The JSON form of every contract: snake_case names, enums as names, absent members left out, unknown members ignored. Needs no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    RespectRequiredConstructorParameters = true,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(AgentTask))]
[JsonSerializable(typeof(SourceContext))]
[JsonSerializable(typeof(AgentEvent))]
[JsonSerializable(typeof(AgentResult))]
[JsonSerializable(typeof(AgentFailure))]
[JsonSerializable(typeof(AgentWorkspace))]
[JsonSerializable(typeof(AgentTimeLimits))]
[JsonSerializable(typeof(ProviderDescriptor))]
[JsonSerializable(typeof(ProviderHealth))]
[JsonSerializable(typeof(ModelDescriptor))]
[JsonSerializable(typeof(RoutingConstraints))]
[JsonSerializable(typeof(RoutingDecision))]
[JsonSerializable(typeof(RoutingRejection))]
[JsonSerializable(typeof(RoutingExplanation))]
[JsonSerializable(typeof(CandidateExplanation))]
[JsonSerializable(typeof(ExecutionOutcome))]
[JsonSerializable(typeof(RejectionDetail))]
[JsonSerializable(typeof(ScoreParts))]
[JsonSerializable(typeof(RoutingRecord))]
[JsonSerializable(typeof(RoutingRecordQuery))]
[JsonSerializable(typeof(RoutingSnapshotRecord))]
[JsonSerializable(typeof(RecordedOutcome))]
[JsonSerializable(typeof(RoutingStateEntry))]
[JsonSerializable(typeof(BudgetKey))]
[JsonSerializable(typeof(BudgetBalance))]
[JsonSerializable(typeof(BudgetClaim))]
[JsonSerializable(typeof(BudgetReservation))]
[JsonSerializable(typeof(BudgetReservationResult))]
[JsonSerializable(typeof(BudgetSettlement))]
[JsonSerializable(typeof(TaskSubmission))]
[JsonSerializable(typeof(EnqueueResult))]
[JsonSerializable(typeof(QueuedTask))]
[JsonSerializable(typeof(TaskLease))]
[JsonSerializable(typeof(LeaseRequest))]
[JsonSerializable(typeof(LeaseRenewal))]
[JsonSerializable(typeof(TaskQuery))]
[JsonSerializable(typeof(QueueStatistics))]
[JsonSerializable(typeof(TaskAssignment))]
[JsonSerializable(typeof(TaskWindow))]
[JsonSerializable(typeof(TaskProgress))]
[JsonSerializable(typeof(TaskLogLine))]
[JsonSerializable(typeof(TaskOutcome))]
[JsonSerializable(typeof(LeaseExchange))]
[JsonSerializable(typeof(DependencyResult))]
[JsonSerializable(typeof(TaskEvent))]
[JsonSerializable(typeof(TaskAttempt))]
[JsonSerializable(typeof(QueueSettings))]
[JsonSerializable(typeof(GroupSettings))]
[JsonSerializable(typeof(RateLimit))]
[JsonSerializable(typeof(QueueStatus))]
[JsonSerializable(typeof(TaskWait))]
[JsonSerializable(typeof(TaskPlan))]
[JsonSerializable(typeof(PlanTask))]
[JsonSerializable(typeof(PlanStatus))]
[JsonSerializable(typeof(PlanTaskStatus))]
[JsonSerializable(typeof(GateDecision))]
[JsonSerializable(typeof(TaskSchedule))]
[JsonSerializable(typeof(ScheduleStatus))]
[JsonSerializable(typeof(PatchSet))]
[JsonSerializable(typeof(FilePatch))]
[JsonSerializable(typeof(PatchEdit))]
[JsonSerializable(typeof(PatchParseResult))]
[JsonSerializable(typeof(PatchPlan))]
[JsonSerializable(typeof(PatchApplication))]
[JsonSerializable(typeof(PatchConflict))]
[JsonSerializable(typeof(FileChange))]
[JsonSerializable(typeof(ContainerSpecification))]
[JsonSerializable(typeof(ContainerMount))]
[JsonSerializable(typeof(ContainerStatus))]
[JsonSerializable(typeof(ContainerRequest))]
[JsonSerializable(typeof(PoolStatus))]
[JsonSerializable(typeof(InstanceStatus))]
[JsonSerializable(typeof(Operation))]
[JsonSerializable(typeof(OperationEntry))]
[JsonSerializable(typeof(OperationQuery))]
[JsonSerializable(typeof(ChainVerification))]
[JsonSerializable(typeof(ProviderAssignment))]
[JsonSerializable(typeof(ProviderConfiguration))]
[JsonSerializable(typeof(ExecutionRecord))]
[JsonSerializable(typeof(CommandLine))]
[JsonSerializable(typeof(ValueMap))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(AgentTaskType))]
[JsonSerializable(typeof(SourceKind))]
[JsonSerializable(typeof(LeaseToken))]
public sealed partial class OrchestratorJsonContext : JsonSerializerContext;
