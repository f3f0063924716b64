using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Abstractions.Tests.Json;

public sealed class ToleranceTests
{
    private static readonly OrchestratorJsonContext Known = OrchestratorJsonContext.Default;

    [Fact]
    public void Members_that_this_version_does_not_know_are_ignored()
    {
        var task = Task(""" "future":{"a":[1,{"b":null}]}, "verify_command":{"executable":"dotnet","shell":true} """);

        Assert.Equal("dotnet", task.VerifyCommand!.Executable);
    }

    [Theory]
    [InlineData("\"telepathy\"")]
    [InlineData("17")]
    [InlineData("{\"a\":[1]}")]
    [InlineData("null")]
    [InlineData("\"99\"")]
    public void An_enum_value_that_this_version_does_not_know_reads_as_zero(string value)
    {
        Assert.Equal(AgentTaskType.Unknown, OrchestratorJson.Read($$"""{"id":"t","instructions":"x","source":{"kind":"local","path":"/r"},"type":{{value}}}""", Known.AgentTask).Type);
    }

    [Theory]
    [InlineData("rate_limited")]
    [InlineData("RATE_LIMITED")]
    [InlineData("RateLimited")]
    public void Enum_names_read_in_snake_case_and_as_declared_in_any_case(string name)
    {
        Assert.Equal(FailureClass.RateLimited, OrchestratorJson.Read($$"""{"class":"{{name}}","message":"m"}""", Known.AgentFailure).Class);
        Assert.Equal(FailureClass.RateLimited, EnumNames.Parse<FailureClass>(name));
    }

    [Fact]
    public void Names_of_enum_values_are_snake_case_and_a_value_without_a_name_is_unknown()
    {
        Assert.Equal("rate_limited", FailureClass.RateLimited.ToName());
        Assert.Equal("unknown", ((FailureClass)999).ToName());
        Assert.Equal(FailureClass.Unknown, EnumNames.Parse<FailureClass>(null));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("1e999")]
    public void A_weight_that_cannot_be_one_reads_as_none_and_can_be_written_again(string weight)
    {
        var status = OrchestratorJson.Read($$"""{"pool":"a","instances":[{"name":"a-1","state":"ready","weight":{{weight}}}]}""", Known.PoolStatus);

        Assert.Equal(1, status.Instances[0].Weight);
        Assert.Contains("\"weight\":1", OrchestratorJson.Write(status, Known.PoolStatus), StringComparison.Ordinal);
    }

    [Fact]
    public void A_kind_of_source_that_this_version_does_not_know_reads_as_the_base_type()
    {
        var source = OrchestratorJson.Read("""{"kind":"bitbucket","workspace":"w"}""", Known.SourceContext);

        Assert.Equal(typeof(SourceContext), source.GetType());
        Assert.Equal(SourceKind.Unknown, source.Kind);
    }

    [Fact]
    public void A_kind_of_event_that_this_version_does_not_know_reads_as_the_base_type()
    {
        var read = OrchestratorJson.Read("""{"kind":"dreamt","at":"2026-01-01T00:00:00Z","of":"sheep"}""", Known.AgentEvent);

        Assert.Equal(typeof(AgentEvent), read.GetType());
        Assert.Equal(2026, read.At.Year);
    }

    [Fact]
    public void The_kind_may_stand_anywhere_in_the_object()
    {
        var source = OrchestratorJson.Read("""{"path":"/r","kind":"local"}""", Known.SourceContext);

        Assert.Equal(new LocalSource { Path = "/r" }, source);
    }

    [Fact]
    public void A_list_or_map_that_is_null_reads_as_empty()
    {
        var task = Task(""" "requires":null, "labels":null """);

        Assert.Empty(task.Requires);
        Assert.Empty(task.Labels);
        Assert.Empty(OrchestratorJson.Read("""{"already_tried":null}""", Known.RoutingConstraints).AlreadyTried);
    }

    [Fact]
    public void A_map_reads_numbers_and_booleans_as_text()
    {
        Assert.Equal("{a=1.50, b=true, c=x}", Task(""" "labels":{"c":"x","a":1.50,"b":true} """).Labels.ToString());
    }

    [Theory]
    [InlineData("""{"id":"t"}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public void Text_that_is_no_task_is_a_json_error(string json) => Assert.Throws<JsonException>(() => OrchestratorJson.Read(json, Known.AgentTask));

    [Theory]
    [InlineData(""" "priority":500 """, "Priority")]
    [InlineData(""" "provider":"../evil" """, "Provider")]
    [InlineData(""" "max_cost_usd":-1 """, "MaxCostUsd")]
    public void A_value_that_is_not_allowed_is_a_json_error_that_names_the_property(string member, string property)
    {
        var error = Assert.Throws<JsonException>(() => Task(member));

        Assert.Contains(property, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "requires":"edit" """)]
    [InlineData(""" "requires":[null] """)]
    [InlineData(""" "labels":[] """)]
    public void A_list_or_map_of_the_wrong_shape_is_a_json_error(string member) => Assert.Throws<JsonException>(() => Task(member));

    [Theory]
    [InlineData("""{"base64":"***"}""")]
    [InlineData("""{"base64":7}""")]
    [InlineData("""{"hex":"00"}""")]
    [InlineData("7")]
    public void Content_of_the_wrong_shape_is_a_json_error(string content) =>
        Assert.Throws<JsonException>(() => OrchestratorJson.Read($$"""{"old":{{content}}}""", Known.PatchEdit));

    [Fact]
    public void A_decision_without_members_is_an_empty_decision()
    {
        var decision = OrchestratorJson.Read("{}", Known.RoutingDecision);

        Assert.True(decision.IsRejected);
        Assert.Empty(decision.Fallbacks);
        Assert.Equal(RoutingReason.Unknown, decision.Reason);
        Assert.Empty(default(RoutingDecision).Fallbacks);
    }

    [Fact]
    public void Defaults_hold_for_members_that_are_absent()
    {
        var patch = OrchestratorJson.Read("""{"task_id":"t","files":[{"path":"a","operation":"delete"}]}""", Known.PatchSet);

        Assert.Equal(new PatchSet { TaskId = "t", Files = [new FilePatch { Path = "a", Operation = FileOperation.Delete }] }, patch);
    }

    [Theory]
    [MemberData(nameof(RoundTripTests.Contracts), MemberType = typeof(RoundTripTests))]
    public void A_list_map_or_record_that_is_absent_never_reads_as_null(Type type)
    {
        var required = Known.GetTypeInfo(type)!.Properties.Where(property => property.IsRequired).Select(property => property.Name).ToHashSet();
        var json = JsonNode.Parse(JsonSerializer.Serialize(new SampleBuilder(SeededRandom.Create(3)).Build(type), type, Known));
        var references = Known.GetTypeInfo(type)!.Properties.Where(property => !property.IsGetNullable && property.PropertyType.IsClass).ToList();
        foreach (var property in references.Where(property => !required.Contains(property.Name)))
        {
            json!.AsObject().Remove(property.Name);
        }

        var read = JsonSerializer.Deserialize(json, type, Known)!;

        Assert.All(references.Where(property => property.Get is not null), property => Assert.NotNull(property.Get!(read)));
    }

    private static AgentTask Task(string members) => OrchestratorJson.Read(
        $$"""{"id":"t","type":"fix","instructions":"x","source":{"kind":"local","path":"/r"},{{members}}}""", Known.AgentTask);
}
