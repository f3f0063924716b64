using static Orchestrator.Patching.MatchCalls;

namespace Orchestrator.Patching;

public sealed class ConflictDiagnosisTests
{
    private const string Before = "class A\n{\n\tint x;\n\tint y;\n}\n";

    [Fact]
    public void The_first_line_that_differs_is_told_with_its_white_space()
    {
        var conflict = Refused(Apply(Before, Lines("{\n  int  x;\n\tint y;\n", "{\n}\n")));

        Assert.Equal(("\tint x;\n\tint y;\n}\n", 3), (conflict.Actual, conflict.Line!.Value));
        Assert.Contains("'→int·x;' where '··int··x;' is expected", conflict.Diagnosis!.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void The_facts_of_the_file_are_told()
    {
        var facts = Refused(Apply("a\r\n\tb\r\nc", Lines("gone\n", "x\n"))).Diagnosis!;

        Assert.Equal((3, "crlf", "tabs", false), (facts.FileLines!.Value, facts.LineEnds, facts.Indentation, facts.HasFinalNewline!.Value));
        Assert.Equal(64, facts.FileHash!.Length);
    }

    [Fact]
    public void Pasted_line_numbers_are_recognised() =>
        Assert.Contains("line numbers", Refused(Apply(Before, Lines("     3\t\tint x;\n     4\t\tint y;\n", "x\n"))).Diagnosis!.Difference, StringComparison.Ordinal);

    [Fact]
    public void A_missing_final_newline_is_recognised() =>
        Assert.Contains("no final newline", Refused(Apply("a\nb", Lines("b\n", "B\n") with { IsInline = true })).Diagnosis!.Difference, StringComparison.Ordinal);

    [Fact]
    public void What_is_there_already_is_recognised() =>
        Assert.True(Refused(Apply("a\nnew line\nb\n", Lines("a\nold line\nb\n", "a\nnew line\nb\n"))).Diagnosis!.IsAlreadyApplied);

    [Fact]
    public void The_edits_that_would_fit_are_listed() =>
        Assert.Equal([0, 2], Refused(Apply("a\nb\nc\n", Lines("a\n", "A\n"), Lines("gone\n", "x\n"), Lines("c\n", "C\n"))).Diagnosis!.FittingEdits);

    [Fact]
    public void Lines_in_another_place_than_the_edit_allows_are_named()
    {
        var conflict = Refused(Apply("a\nb\nc\n", Bytes("a\nb\n", "a\nB\n", 1) with { AtEnd = true }));

        Assert.Equal((PatchConflictCode.ContextNotFound, 1), (conflict.Code, conflict.Line!.Value));
        Assert.Contains("end the file", conflict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_conflict_that_is_found_nowhere_names_what_to_do() =>
        Assert.All(
            new[] { "", "a", "\n", "a\nb\nc\n", "\uFEFF" },
            static before => Assert.NotNull(Refused(Apply(before, Lines("x y z\nw\n", "v\n"))).Diagnosis!.Remedy));

    [Fact]
    public void The_text_form_says_that_nothing_was_written_and_where_to_look()
    {
        var text = PatchConflictText.Format(Apply("x\ny\nx\n", Lines("x\n", "z\n")).Conflicts);

        Assert.StartsWith("The patch was refused. Nothing was written.\n\n1. a.txt (edit 0) Ambiguous: ", text, StringComparison.Ordinal);
        Assert.Contains("It fits at the lines 1, 3.", text, StringComparison.Ordinal);
        Assert.Contains("What to do: ", text, StringComparison.Ordinal);
        Assert.Equal("", PatchConflictText.Format([]));
    }
}
