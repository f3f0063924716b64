using Xunit.Sdk;

namespace Orchestrator.Testing.Tests;

public sealed class EnginesTests
{
    [Fact]
    public void An_engine_that_is_there_is_found_by_its_absolute_path() => Assert.True(Path.IsPathFullyQualified(Engines.Require("git")));

    [Fact]
    public void A_missing_engine_ends_the_test_with_the_line_that_installs_it()
    {
        var end = End(() => Engines.Require("no-such-engine"));

        Assert.Contains("eng/engines.sh no-such-engine", end?.Message, StringComparison.Ordinal);
        Assert.Equal(Engines.AreRequired, end is FailException);
    }

    [Fact]
    public void The_repository_is_found_from_the_sources() => Assert.True(File.Exists(RepositoryRoot.Combine("global.json")));

    [Fact]
    public void A_seed_repeats_its_numbers() => Assert.Equal(SeededRandom.Create(42).NextInt64(), SeededRandom.Create(42).NextInt64());

    // Record.Exception lets a skip through, and it would skip this test.
    private static XunitException? End(Action require)
    {
        try
        {
            require();
            return null;
        }
        catch (XunitException end)
        {
            return end;
        }
    }
}
