namespace Orchestrator.Testing.Tests;

public sealed class ReadmeSnippetsTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_block_that_equals_its_region_is_not_stale_whatever_the_indent()
    {
        Source("        #region snippet: start\n        var a = 1;\n            Use(a);\n\n        #endregion\n");

        Assert.Empty(Stale("Text\n<!-- snippet: start -->\n```csharp\nvar a = 1;\n    Use(a);\n```\n"));
    }

    [Fact]
    public void A_block_that_differs_from_its_region_is_stale()
    {
        Source("#region snippet: start\nvar a = 1;\n#endregion\n");

        Assert.Equal(["start"], Stale("<!-- snippet: start -->\n```csharp\nvar a = 2;\n```\n"));
    }

    [Fact]
    public void A_block_whose_region_is_unknown_is_stale() => Assert.Equal(["gone"], Stale("<!-- snippet: gone -->\n```csharp\nvar a = 2;\n```\n"));

    [Fact]
    public void A_marker_without_a_block_is_stale()
    {
        Source("#region snippet: start\n#endregion\n");

        Assert.Equal(["start"], Stale("<!-- snippet: start -->\nNo block here.\n"));
    }

    [Fact]
    public void A_name_that_two_different_regions_claim_is_stale()
    {
        Source("#region snippet: start\nvar a = 1;\n#endregion\n#region snippet: start\nvar a = 2;\n#endregion\n");

        Assert.Equal(["start"], Stale("<!-- snippet: start -->\n```csharp\nvar a = 1;\n```\n"));
    }

    private void Source(string text) => _folder.Write("src/Sample.cs", text);

    private IReadOnlyList<string> Stale(string readme)
    {
        _folder.Combine("src", "x");
        return ReadmeSnippets.Stale(_folder.Write("README.md", readme), Path.Combine(_folder.Path, "src"));
    }
}
