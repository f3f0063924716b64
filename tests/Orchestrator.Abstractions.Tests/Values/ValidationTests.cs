using Orchestrator.Auditing;
using Orchestrator.Containers;
using Orchestrator.Executions;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Routing;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.State;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Abstractions.Tests.Values;

public sealed class ValidationTests
{
    private static readonly TimeSpan Negative = TimeSpan.FromTicks(-1);
    private static readonly AgentTask Task = new() { Id = "t", Type = AgentTaskType.Fix, Instructions = "x", Source = new LocalSource { Path = "/r" } };
    private static readonly TaskSubmission Submission = new() { Id = "t", Type = "agent_task", Payload = "{}" };
    private static readonly WorkerIdentity Worker = new() { Id = "w", WorkerName = "w" };
    private static readonly ProviderDescriptor Provider = new() { Name = "p", Kind = ProviderKind.Command };
    private static readonly AgentExecution Execution = new() { Id = "e", Task = Task };
    private static readonly ExecutionRecord Record = new() { Id = "e", TaskId = "t", Provider = "p", Status = ExecutionStatus.Running, StartedAt = DateTimeOffset.UnixEpoch };
    private static readonly ContainerRequest Container = new() { Pool = "p" };
    private static readonly ContainerSpecification Specification = new() { Name = "n", Image = "i" };
    private static readonly FilePatch File = new() { Path = "a", Operation = FileOperation.Modify };
    private static readonly PatchSet Patch = new() { TaskId = "t", Files = [] };
    private static readonly GitHubSource GitHub = new() { Owner = "o", Repository = "r", Branch = "b" };

    private static readonly BudgetKey Window = new("b", "*", DateTimeOffset.UnixEpoch);
    private static readonly BudgetClaim Claim = new(Window, 1, 1);
    private static readonly BudgetReservation Reservation = new() { Id = "r", Claims = [Claim], Duration = TimeSpan.FromMinutes(1) };
    private static readonly BudgetSettlement Settlement = new("r", 1, 1, [Claim]);
    private static readonly RoutingStateEntry Entry = new("session", "k", "{}", DateTimeOffset.UnixEpoch);
    private static readonly RoutingRecord Decided = new() { Decision = default, Task = Task, SnapshotDigest = "d", State = "", At = DateTimeOffset.UnixEpoch };

    public static TheoryData<string, Func<object>> BadValues => new()
    {
        { "Id", () => Task with { Id = "../x" } },
        { "Id", () => Task with { Id = "" } },
        { "Instructions", () => Task with { Instructions = " \n" } },
        { "Instructions", () => Task with { Instructions = "a\0b" } },
        { "Instructions", () => Task with { Instructions = new string('x', AgentTask.MaxInstructionsLength + 1) } },
        { "Source", () => Task with { Source = null! } },
        { "Priority", () => Task with { Priority = 101 } },
        { "Priority", () => Task with { Priority = -101 } },
        { "PreferredModel", () => Task with { PreferredModel = "" } },
        { "Provider", () => Task with { Provider = "a b" } },
        { "MaxCostUsd", () => Task with { MaxCostUsd = -0.01m } },
        { "SessionKey", () => Task with { SessionKey = "" } },
        { "SessionKey", () => Task with { SessionKey = new string('s', 201) } },
        { "RemediatesTaskId", () => Task with { RemediatesTaskId = "/" } },
        { "Path", () => new LocalSource { Path = "" } },
        { "Owner", () => GitHub with { Owner = "a/b" } },
        { "Repository", () => GitHub with { Repository = ".." } },
        { "Repository", () => GitHub with { Repository = new string('r', 101) } },
        { "Branch", () => GitHub with { Branch = " " } },
        { "OrderId", () => new NewBuildSource { OrderId = "a..b" } },
        { "Executable", () => new CommandLine { Executable = "a\0" } },
        { "Id", () => Submission with { Id = "a/b" } },
        { "Type", () => Submission with { Type = "" } },
        { "Payload", () => Submission with { Payload = "" } },
        { "Payload", () => Submission with { Payload = new string(' ', 4) } },
        { "Payload", () => Submission with { Payload = new string('x', TaskSubmission.MaxPayloadLength + 1) } },
        { "Queue", () => Submission with { Queue = "q q" } },
        { "Priority", () => Submission with { Priority = 101 } },
        { "MaxAttempts", () => Submission with { MaxAttempts = 0 } },
        { "DeduplicationKey", () => Submission with { DeduplicationKey = new string('k', 201) } },
        { "TraceParent", () => Submission with { TraceParent = new string('k', 101) } },
        { "Worker", () => new LeaseRequest { Worker = null! } },
        { "Count", () => new LeaseRequest { Worker = Worker, Count = 0 } },
        { "Count", () => new LeaseRequest { Worker = Worker, Count = 1001 } },
        { "Duration", () => new LeaseRequest { Worker = Worker, Duration = TimeSpan.Zero } },
        { "WorkerName", () => Worker with { WorkerName = "" } },
        { "ContainerName", () => Worker with { ContainerName = new string('c', 201) } },
        { "Limit", () => new TaskQuery { Limit = 0 } },
        { "Queue", () => new TaskQuery { Queue = "" } },
        { "Name", () => Provider with { Name = "-p" } },
        { "PricePerTaskUsd", () => Provider with { PricePerTaskUsd = -1 } },
        { "Concurrent", () => new ProviderLimits { Concurrent = 0 } },
        { "RequestsPerMinute", () => new ProviderLimits { RequestsPerMinute = 0 } },
        { "TokensPerMinute", () => new ProviderLimits { TokensPerMinute = 0 } },
        { "RequestsPerDay", () => new ProviderLimits { RequestsPerDay = 0 } },
        { "ContextWindow", () => new ModelDescriptor { Name = "m", ContextWindow = 0 } },
        { "InputUsd", () => new TokenPrices { InputUsd = -1 } },
        { "OutputTokens", () => new TokenUsage { OutputTokens = -1 } },
        { "Attempt", () => Execution with { Attempt = 0 } },
        { "FencingToken", () => Execution with { FencingToken = -1 } },
        { "BudgetUsd", () => Execution with { BudgetUsd = -1 } },
        { "Startup", () => new AgentTimeLimits { Startup = TimeSpan.Zero } },
        { "Idle", () => new AgentTimeLimits { Idle = TimeSpan.Zero } },
        { "Total", () => new AgentTimeLimits { Total = TimeSpan.Zero } },
        { "Grace", () => new AgentTimeLimits { Grace = Negative } },
        { "Message", () => new AgentFailure { Class = FailureClass.Quota, Message = "" } },
        { "RetryAfter", () => new AgentFailure { Class = FailureClass.Quota, Message = "m", RetryAfter = Negative } },
        { "CostUsd", () => new AgentResult { CostUsd = -1 } },
        { "TaskId", () => Record with { TaskId = "" } },
        { "Attempt", () => Record with { Attempt = 0 } },
        { "Pool", () => Container with { Pool = "" } },
        { "Timeout", () => Container with { Timeout = Negative } },
        { "Duration", () => Container with { Duration = TimeSpan.Zero } },
        { "Image", () => Specification with { Image = "" } },
        { "MemoryBytes", () => Specification with { MemoryBytes = 0 } },
        { "Cpus", () => Specification with { Cpus = 0 } },
        { "Cpus", () => Specification with { Cpus = double.NaN } },
        { "MaxProcesses", () => Specification with { MaxProcesses = 0 } },
        { "Path", () => File with { Path = "" } },
        { "OldPath", () => File with { OldPath = "" } },
        { "BaseHash", () => File with { BaseHash = new string('a', 65) } },
        { "Line", () => new PatchEdit { Line = 0 } },
        { "Version", () => Patch with { Version = -1 } },
        { "Files", () => Patch with { Files = null! } },
        { "BaseCommit", () => Patch with { BaseCommit = "" } },
        { "Confidence", () => new PatchMetadata { Confidence = 1.1 } },
        { "Confidence", () => new PatchMetadata { Confidence = double.NaN } },
        { "Name", () => new Operation { Name = "" } },
        { "MoreContextThan", () => new RoutingConstraints { MoreContextThan = -1 } },
        { "RemainingUsd", () => new RoutingConstraints { RemainingUsd = -0.01m } },
        { "EstimatedTokens", () => new RoutingConstraints { EstimatedTokens = -1 } },
        { "Provider", () => new CandidateExplanation { Provider = "" } },
        { "Budget", () => new BudgetKey("", "*", default) },
        { "Budget", () => Window with { Budget = new string('b', 201) } },
        { "Owner", () => new BudgetKey("b", null!, default) },
        { "Owner", () => Window with { Owner = new string('o', BudgetKey.MaxOwnerLength + 1) } },
        { "NanoUsd", () => new BudgetClaim(Window, -1, 0) },
        { "NanoUsd", () => Claim with { NanoUsd = -1 } },
        { "Tokens", () => new BudgetClaim(Window, 0, -1) },
        { "Tokens", () => Claim with { Tokens = -1 } },
        { "MaxNanoUsd", () => Claim with { MaxNanoUsd = -1 } },
        { "MaxTokens", () => Claim with { MaxTokens = -1 } },
        { "Id", () => Reservation with { Id = "a/b" } },
        { "Claims", () => Reservation with { Claims = null! } },
        { "Duration", () => Reservation with { Duration = BudgetReservation.MinDuration - TimeSpan.FromTicks(1) } },
        { "Duration", () => Reservation with { Duration = BudgetReservation.MaxDuration + TimeSpan.FromTicks(1) } },
        { "WorkerName", () => Reservation with { WorkerName = "" } },
        { "ContainerName", () => Reservation with { ContainerName = new string('c', 201) } },
        { "Id", () => Settlement with { Id = "" } },
        { "NanoUsd", () => new BudgetSettlement("r", -1, 0, []) },
        { "Tokens", () => Settlement with { Tokens = -1 } },
        { "Claims", () => new BudgetSettlement("r", 0, 0, null!) },
        { "Kind", () => new RoutingStateEntry("a b", "k", "{}", default) },
        { "Key", () => Entry with { Key = new string('k', 501) } },
        { "Key", () => Entry with { Key = "" } },
        { "Value", () => Entry with { Value = "\0" } },
        { "Task", () => Decided with { Task = null! } },
        { "SnapshotDigest", () => Decided with { SnapshotDigest = "" } },
        { "State", () => Decided with { State = null! } },
        { "WorkerName", () => Decided with { WorkerName = new string('w', 201) } },
        { "Digest", () => new RoutingSnapshotRecord("", "{}", default) },
        { "Content", () => new RoutingSnapshotRecord("d", "", default) },
        { "TaskId", () => new RoutingRecordQuery { TaskId = "a/b" } },
        { "Provider", () => new RoutingRecordQuery { Provider = "" } },
        { "Limit", () => new RoutingRecordQuery { Limit = 0 } },
        { "Limit", () => new RoutingRecordQuery { Limit = 1001 } },
        { "After", () => new OperationQuery { After = -1 } },
        { "Limit", () => new OperationQuery { Limit = 0 } },
    };

    [Theory]
    [MemberData(nameof(BadValues), DisableDiscoveryEnumeration = true)]
    public void A_bad_value_is_refused_with_the_name_of_its_property(string property, Func<object> make)
    {
        var error = Assert.ThrowsAny<ArgumentException>(make);

        Assert.Equal(property, error.ParamName is "value" ? error.Message.Split(' ')[0] : error.ParamName);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("codex-5.1_x")]
    [InlineData("0198c0de-0000-7000-8000-000000000000")]
    public void Names_that_are_safe_everywhere_are_names(string name) => Assert.True(Identifiers.IsName(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("-rf")]
    [InlineData("a..b")]
    [InlineData("a.")]
    [InlineData("a.lock")]
    [InlineData("a.LOCK")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    public void Names_that_some_platform_or_tool_refuses_are_no_names(string? name) => Assert.False(Identifiers.IsName(name));

    [Fact]
    public void A_name_has_at_most_128_characters()
    {
        Assert.True(Identifiers.IsName(new string('x', 128)));
        Assert.False(Identifiers.IsName(new string('x', 129)));
    }

    [Fact]
    public void New_identifiers_are_names_that_sort_by_time()
    {
        var clock = new ManualTimeProvider();
        var ids = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            ids.Add(Identifiers.Create(clock.GetUtcNow()));
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.All(ids, id => Assert.True(Identifiers.IsName(id)));
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }
}
