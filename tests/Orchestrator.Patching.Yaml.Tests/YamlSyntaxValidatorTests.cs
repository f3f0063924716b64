namespace Orchestrator.Patching;

public sealed class YamlSyntaxValidatorTests
{
    [Theory]
    [InlineData("a.yml", "a: 1\n", "a: 1\nb: [1\n", 2)]
    [InlineData("a.yaml", null, "a:\n  - b\n c: d\n", 3)]
    [InlineData("ci.yml", "on: push\n", "on: ${{ x }}\nb: \"open\n", 2)]
    public void Yaml_that_can_no_longer_be_parsed_is_refused_with_its_line(string path, string? before, string after, int line)
    {
        var conflict = Assert.Single(Validate(path, before, after));

        Assert.Equal(PatchConflictCode.SyntaxError, conflict.Code);
        Assert.InRange(conflict.Line!.Value, line, line + 1);
    }

    [Theory]
    [InlineData("a.yml", "a: [1\n", "a: [2\n")]
    [InlineData("a.yml", null, "a: 1\n---\nb: &x 2\nc: *x\n")]
    [InlineData("a.yml", null, "")]
    [InlineData("chart/a.yaml", null, "{{- if .Values.x }}\na: {{ .Values.x }}\n{{- end }}\n")]
    [InlineData("a.txt", null, "a: [1\n")]
    [InlineData("a.yml", "a: [1\n", null)]
    public void What_parses_was_broken_before_or_is_a_template_passes(string path, string? before, string? after) => Assert.Empty(Validate(path, before, after));

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Yaml_nested_without_end_is_refused_without_parsing_it(string piece) =>
        Assert.Equal(PatchConflictCode.TooComplex, Assert.Single(Validate("a.yml", null, string.Concat(Enumerable.Repeat(piece, 100_000)))).Code);

    [Theory]
    [InlineData("[ #]\n")]
    [InlineData("[\"]\", ")]
    [InlineData("{\"}\": ")]
    public void Depth_behind_brackets_that_only_look_so_is_found_before_it_takes_long(string piece)
    {
        var conflict = Assert.Single(Validate("a.yml", null, string.Concat(Enumerable.Repeat(piece, 100_000))));

        Assert.Contains("nested too deeply", conflict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_items_and_dashes_are_no_depth() =>
        Assert.Empty(Validate("a.yml", null, string.Concat(Enumerable.Repeat("- a: [b, {c: d}]\n  e: f - g - h\n", 1000))));

    private static List<PatchConflict> Validate(string path, string? before, string? after) => [.. new YamlSyntaxValidator().Validate(
        new PatchValidationContext
        {
            Path = path,
            Operation = FileOperation.Modify,
            Before = before is null ? null : PatchContent.FromText(before),
            After = after is null ? null : PatchContent.FromText(after),
        },
        TestContext.Current.CancellationToken)];
}
