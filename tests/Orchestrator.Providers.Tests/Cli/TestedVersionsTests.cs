using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli;

public sealed class TestedVersionsTests
{
    [Theory]
    [InlineData("codex", "@openai/codex")]
    [InlineData("claude", "@anthropic-ai/claude-code")]
    [InlineData("gemini", "@google/gemini-cli")]
    [InlineData("copilot", "@github/copilot")]
    public void What_the_contract_tests_install_is_the_newest_that_was_tested(string kind, string package)
    {
        using var packages = JsonDocument.Parse(File.ReadAllText(RepositoryRoot.Combine("tests", "agents", "package.json")));
        var pinned = packages.RootElement.GetProperty("dependencies").GetProperty(package).GetString()!;

        Assert.EndsWith(pinned, AgentCliProfiles.Find(kind)!.Tested!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.1.329 (Claude Code)", "inside")]
    [InlineData("2.1.200", "inside")]
    [InlineData("codex-cli 2.1.197", "inside")]
    [InlineData("v2.1.329-beta.1", "inside")]
    [InlineData("2.1.197-beta.1", "older")]
    [InlineData("2.1.99", "older")]
    [InlineData("2.1.1000", "newer")]
    [InlineData("3.0", "newer")]
    [InlineData("of today", "unknown")]
    [InlineData("99999999999.1", "unknown")]
    [InlineData("", "unknown")]
    public void A_version_is_inside_the_tested_range_or_older_or_newer(string printed, string expected) =>
        Assert.Equal(expected, new TestedVersions("2.1.197", "2.1.329").PlaceOf(printed));

    [Fact]
    public void A_range_reads_as_people_write_it()
    {
        Assert.Equal("2.1.197..2.1.329", new TestedVersions("2.1.197", "2.1.329").ToString());
        Assert.Equal("0.61.0", new TestedVersions("0.61.0").ToString());
    }
}
