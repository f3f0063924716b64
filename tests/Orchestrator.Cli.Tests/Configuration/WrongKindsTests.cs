using Orchestrator.Cli.Configuration;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Configuration;

/// <summary>A value of another kind than expected is an error with its place and the form that belongs there; nothing is passed over in silence.</summary>
public sealed class WrongKindsTests : IDisposable
{
    private const string Secret = "AWS_KEY=hunter2";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("""{"providers": {"x": {"command": ["x"], "environment": "AWS_KEY=hunter2"}}}""", "providers:x:environment must be a map, for example {\"NAME\": \"value\"}.")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "environment": ["AWS_KEY=hunter2"]}}}""", "providers:x:environment must be a map, for example {\"NAME\": \"value\"}.")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "environment": {"A": {"b": "c"}}}}}""", "providers:x:environment must be a map, for example {\"NAME\": \"value\"}.")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "output": "json_lines", "mapping": "x"}}}""", "providers:x:mapping must be a map, for example {\"NAME\": \"value\"}.")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "tags": "paid"}}}""", "providers:x:tags must be a list of texts, for example [\"a\", \"b\"].")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "tags": {"paid": "yes"}}}}""", "providers:x:tags must be a list of texts, for example [\"a\", \"b\"].")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "tags": ["a", ["b"]]}}}""", "providers:x:tags must be a list of texts, for example [\"a\", \"b\"].")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "keepHome": ["true"]}}}""", "providers:x:keepHome is a list or a section; it must be true or false.")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "description": {"en": "words"}}}}""", "providers:x:description is a list or a section; it must be one text.")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "timeLimit": {"minutes": 5}}}}""", "providers:x:timeLimit is a list or a section; it must be a duration")]
    [InlineData("""{"providers": {"x": {"kind": ["command"], "command": ["x"]}}}""", "providers:x:kind is a list or a section; it must be one text.")]
    [InlineData("""{"providers": {"codex": {"models": "gpt"}}}""", "providers:codex:models must be a list of sections, for example [{\"name\": \"a\"}].")]
    [InlineData("""{"providers": {"codex": {"models": ["gpt"]}}}""", "providers:codex:models must be a list of sections, for example [{\"name\": \"a\"}].")]
    [InlineData("""{"providers": {"codex": {"models": {"gpt": {"inputUsd": 1}}}}}""", "providers:codex:models must be a list of sections, for example [{\"name\": \"a\"}].")]
    [InlineData("""{"providers": {"codex": "gpt-5"}}""", "providers:codex must be a section with settings")]
    [InlineData("""{"providers": ["codex"]}""", "providers:0 must be a section with settings")]
    [InlineData("""{"providers": "codex"}""", "providers must be a section with settings")]
    [InlineData("""{"routing": "best"}""", "routing must be a section with settings")]
    [InlineData("""{"storage": "postgresql"}""", "storage must be a section with settings")]
    [InlineData("""{"secrets": "~/secrets.env"}""", "secrets must be a section with settings")]
    [InlineData("""{"verify": ["dotnet", "build"]}""", "verify is a list or a section; it must be one text.")]
    public void Are_errors_that_name_the_place_and_the_form_and_not_the_value(string json, string expected)
    {
        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(null, _directory.Write("mine.json", json), _directory.Path));

        Assert.StartsWith(expected, Assert.Single(error.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret[8..], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repository_that_gives_a_text_for_its_providers_is_told_so()
    {
        _directory.Write("orchestrator.json", """{"providers": "make"}""");

        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(_directory.Path, null, _directory.Path));

        Assert.EndsWith("providers must be a section with providers by name.", Assert.Single(error.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_list_is_a_list()
    {
        var settings = OrchestratorSettings.Load(null, _directory.Write("mine.json", """{"providers": {"x": {"command": ["x"], "tags": [], "environment": {}}}}"""), _directory.Path);

        Assert.Contains("x", settings.Providers.Select(provider => provider.Name));
    }
}
