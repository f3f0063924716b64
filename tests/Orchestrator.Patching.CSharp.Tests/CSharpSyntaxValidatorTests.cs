using System.Text;

namespace Orchestrator.Patching;

public sealed class CSharpSyntaxValidatorTests
{
    [Theory]
    [InlineData("A.cs", "class A { }", "class A {\n int x = ;\n}")]
    [InlineData("A.cs", null, "class A {")]
    [InlineData("A.CS", "class A { }", "<<<<<<< ours\nclass A { }")]
    public void Code_that_can_no_longer_be_parsed_is_refused_with_its_line(string path, string? before, string after)
    {
        var conflicts = Validate(path, before, after);

        Assert.NotEmpty(conflicts);
        Assert.All(conflicts, static conflict => Assert.Equal(PatchConflictCode.SyntaxError, conflict.Code));
        Assert.InRange(conflicts[0].Line!.Value, 1, 3);
    }

    [Theory]
    [InlineData("A.cs", "class A {", "class B {")]
    [InlineData("A.cs", null, "Console.WriteLine(\"top level\");")]
    [InlineData("A.cs", "class A;", "public class A { public string B { get => field; set => field = value?.Trim() ?? \"\"; } = \"\"; }")]
    [InlineData("A.cs", null, "static class E { extension(string text) { public bool IsEmpty => text.Length == 0; } }")]
    [InlineData("A.cs", null, "class A { }\n#if NEVER\nclass {\n#endif\n")]
    [InlineData("A.csx", null, "#r \"nuget: X\"\nvar a = 1;\na + 1")]
    [InlineData("a.txt", null, "class A {")]
    [InlineData("A.cs", "class A {", null)]
    public void What_parses_was_broken_before_or_is_no_code_passes(string path, string? before, string? after) => Assert.Empty(Validate(path, before, after));

    [Theory]
    [InlineData("(")]
    [InlineData("A<")]
    [InlineData("!")]
    [InlineData("a => {")]
    public void Code_nested_without_end_is_refused_and_ends_nothing(string piece)
    {
        var conflict = Assert.Single(Validate("A.cs", null, "class A { int x = " + string.Concat(Enumerable.Repeat(piece, 200_000)) + "; }"));

        Assert.Equal(PatchConflictCode.TooComplex, conflict.Code);
    }

    [Theory]
    [InlineData("class A { int x = ", "(/*)*/")]
    [InlineData("class A { ", "A</*;*/")]
    [InlineData("class A { bool x = a is ", "not ")]
    [InlineData("class A { bool x = a is ", "{a:/*}*/")]
    [InlineData("class A { object x = ", "$\"{/*}*/")]
    [InlineData("class A { ", "(a,/*)*/")]
    [InlineData("class A { ", "delegate*</*;*/")]
    [InlineData("", "#if A\n")]
    [InlineData("#if ", "A||")]
    [InlineData("#if ", "A&&")]
    [InlineData("#if ", "A==")]
    public void Code_whose_depth_is_hidden_ends_nothing(string start, string piece) =>
        Assert.NotEmpty(Validate("A.cs", null, start + string.Concat(Enumerable.Repeat(piece, 5_000))));

    [Fact]
    public void Documented_members_without_a_semicolon_are_no_depth()
    {
        var members = string.Concat(Enumerable.Range(0, 1000).Select(static i => $"    /// <summary>Number {i}.</summary>\n    M{i},\n"));

        Assert.Empty(Validate("A.cs", null, "enum A\n{\n" + members + "}\n"));
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("A<", ">")]
    [InlineData("!", "")]
    [InlineData("a ? ", " : b")]
    [InlineData("if (a) { } else ", "")]
    [InlineData("new A { B = ", "}")]
    public void Code_that_is_just_not_too_deep_is_parsed(string open, string close)
    {
        var code = "class A { void B() { " + string.Concat(Enumerable.Repeat(open, 480)) + "c" + string.Concat(Enumerable.Repeat(close, 480)) + "; } }";

        Assert.DoesNotContain(Validate("A.cs", null, code), static conflict => conflict.Code == PatchConflictCode.TooComplex);
    }

    private static List<PatchConflict> Validate(string path, string? before, string? after) => [.. new CSharpSyntaxValidator().Validate(
        new PatchValidationContext
        {
            Path = path,
            Operation = FileOperation.Modify,
            Before = before is null ? null : PatchContent.FromText(before),
            After = after is null ? null : new PatchContent(Encoding.UTF8.GetBytes(after)),
        },
        TestContext.Current.CancellationToken)];
}
