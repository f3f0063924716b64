using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Abstractions.Tests.Json;

public sealed class RoundTripTests
{
    public static TheoryData<Type> Contracts => [.. typeof(OrchestratorJsonContext).CustomAttributes
        .Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
        .Select(attribute => (Type)attribute.ConstructorArguments[0].Value!)];

    public static TheoryData<Type> Kinds =>
    [
        typeof(LocalSource), typeof(GitHubSource), typeof(NewBuildSource), typeof(AgentStarted), typeof(AgentMessage), typeof(AgentToolCall), typeof(AgentPlanProposed),
        typeof(AgentApprovalRequested), typeof(AgentUsageReported), typeof(AgentProgress), typeof(AgentCompleted), typeof(AgentFailed),
    ];

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_contract_survives_json_and_its_json_is_stable(Type type)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var value = new SampleBuilder(SeededRandom.Create(seed)).Build(type);

            var json = JsonSerializer.Serialize(value, type, OrchestratorJsonContext.Default);
            var back = JsonSerializer.Deserialize(json, type, OrchestratorJsonContext.Default);

            Assert.Equal(value, back);
            Assert.Equal(value.GetHashCode(), back!.GetHashCode());
            Assert.Equal(json, JsonSerializer.Serialize(back, type, OrchestratorJsonContext.Default));
            Assert.DoesNotContain('\n', json);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_event_and_source_comes_back_as_itself(Type kind)
    {
        var declared = kind.BaseType!;
        var value = new SampleBuilder(SeededRandom.Create(1)).Build(kind);

        var json = JsonSerializer.Serialize(value, declared, OrchestratorJsonContext.Default);

        Assert.Equal(value, JsonSerializer.Deserialize(json, declared, OrchestratorJsonContext.Default));
        Assert.StartsWith("{\"kind\":\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_that_is_declared_is_tested() =>
        Assert.Equal(
            typeof(AgentTask).Assembly.GetTypes().Where(type => type.BaseType == typeof(AgentEvent) || type.BaseType == typeof(SourceContext)).Order(ByName),
            Kinds.Select(row => row.Data).Order(ByName));

    [Fact]
    public void A_task_reads_as_people_expect_it_in_json()
    {
        var task = new AgentTask
        {
            Id = "task-1",
            Type = AgentTaskType.Refactor,
            Instructions = "Format {workspace}.",
            Source = new GitHubSource { Owner = "octo", Repository = ".github", Branch = "main" },
            CostProfile = CostProfile.Economy,
            PreferredTags = ["fast"],
            Complexity = TaskComplexity.Simple,
            SessionKey = "s",
            DataResidency = ["eu"],
            Racing = TaskRacing.Hedge,
            ContainerPool = "agents",
            Requires = ["edit"],
            MaxCostUsd = 1.50m,
            VerifyCommand = CommandLine.Parse("dotnet test --filter 'a b'"),
            Labels = ValueMap.Empty.With("tenant", "t1"),
        };

        var json = OrchestratorJson.Write(task, OrchestratorJsonContext.Default.AgentTask);

        Assert.Equal(
            """
            {"id":"task-1","type":"refactor","instructions":"Format {workspace}.","source":{"kind":"github","owner":"octo","repository":".github","branch":"main"},"priority":0,"cost_profile":"economy","preferred_tags":["fast"],"complexity":"simple","session_key":"s","data_residency":["eu"],"racing":"hedge","container_pool":"agents","requires":["edit"],"max_cost_usd":1.50,"verify_command":{"executable":"dotnet","arguments":["test","--filter","a b"]},"output":"apply","allow_dirty":false,"labels":{"tenant":"t1"}}
            """,
            json.Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.Equal(task, OrchestratorJson.Read(json, OrchestratorJsonContext.Default.AgentTask));
    }

    [Fact]
    public void A_whole_decision_is_kept_with_the_assignment()
    {
        var assignment = new ProviderAssignment
        {
            TaskId = "task-1",
            Decision = new RoutingDecision { Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch), Provider = "codex", Fallbacks = ["claude"], Score = 0.1 + 0.2, Seed = ulong.MaxValue },
            At = DateTimeOffset.UnixEpoch,
        };

        var json = OrchestratorJson.Write(assignment, OrchestratorJsonContext.Default.ProviderAssignment);

        Assert.Equal(assignment, OrchestratorJson.Read(json, OrchestratorJsonContext.Default.ProviderAssignment));
    }

    [Fact]
    public void Content_that_is_no_text_travels_as_base64()
    {
        var patch = new FilePatch { Path = "a.bin", Operation = FileOperation.Create, Content = new PatchContent(new byte[] { 0, 1, 254 }) };

        var json = OrchestratorJson.Write(patch, OrchestratorJsonContext.Default.FilePatch);

        Assert.Contains("\"content\":{\"base64\":\"AAH+\"}", json, StringComparison.Ordinal);
        Assert.Equal(patch, OrchestratorJson.Read(json, OrchestratorJsonContext.Default.FilePatch));
    }

    private static Comparer<Type> ByName => Comparer<Type>.Create((left, right) => string.CompareOrdinal(left.Name, right.Name));
}
