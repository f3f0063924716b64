using System.Text;
using static Orchestrator.Patching.MatchCalls;

namespace Orchestrator.Patching;

/// <summary>Where edits go, and what they leave alone.</summary>
public sealed class EditResolverTests
{
    [Theory]
    [InlineData("latin1", "caf\u00e9 \u00fc\u00df\n")]
    [InlineData("utf-8", "\uFEFFnaïve 日本\n")]
    [InlineData("utf-16", "\uFEFFäöü 日本 😀\n")]
    [InlineData("utf-16BE", "\uFEFFäöü 日本 😀\n")]
    public void Bytes_that_no_edit_touches_stay_the_same_in_any_encoding(string encoding, string noise)
    {
        var code = Encoding.GetEncoding(encoding);
        byte[] Encoded(string word) => code.GetBytes($"{noise}middle {word}\n{noise.TrimStart('\uFEFF')}");

        var result = Apply(Encoded("one"), new MatchSettings(), Lines("middle one\n", "middle two\n"));

        Assert.Equal(Encoded("two"), result.After!.Value.ToArray());
    }

    [Fact]
    public void Random_binary_noise_around_an_edit_stays_the_same()
    {
        var random = new Random(7);
        for (var round = 0; round < 50; round++)
        {
            var (head, tail) = (new byte[random.Next(3000)], new byte[random.Next(3000)]);
            random.NextBytes(head);
            random.NextBytes(tail);
            byte[] Around(string middle) => [.. head, (byte)'\n', .. Encoding.UTF8.GetBytes(middle), .. tail];

            var result = Apply(Around("the only wanted line\n"), new MatchSettings(), Lines("the only wanted line\n", "another\nand more\n"));

            Assert.Equal(Around("another\nand more\n"), result.After!.Value.ToArray());
        }
    }

    [Fact]
    public void A_file_in_a_two_byte_encoding_without_mark_is_edited_by_bytes()
    {
        byte[] before = [0xC4, 0xE3, (byte)'\n', .. "x\n"u8, 0xBA, 0xC3, (byte)'\n'];

        var result = Apply(before, new MatchSettings(), Lines("x\n", "y\n"));

        Assert.Equal<byte>([0xC4, 0xE3, (byte)'\n', .. "y\n"u8, 0xBA, 0xC3, (byte)'\n'], result.After!.Value.ToArray());
    }

    [Theory]
    [InlineData("a\r\nb\r\nc\r\n", "a\n", "x\ny\n", "x\r\ny\r\nb\r\nc\r\n")]
    [InlineData("a\r\nb\nc\r\n", "b\nc\n", "b\nx\nc\n", "a\r\nb\nx\nc\r\n")]
    [InlineData("a\r\nb\nc\r\n", "b\nc\n", "B\nC\n", "a\r\nB\nC\r\n")]
    [InlineData("a\nb\n", "a\r\nb\r\n", "a\r\nx\r\nb\r\n", "a\nx\nb\n")]
    [InlineData("a\rb\rc\r", "b\n", "x\ny\n", "a\rx\ry\rc\r")]
    public void An_inserted_line_ends_like_the_line_it_replaces_or_its_neighbour(string before, string old, string now, string after) =>
        Assert.Equal(after, After(before, Lines(old, now)));

    [Theory]
    [InlineData("a\nb", "b\n", "x\n", "a\nx")]
    [InlineData("a\nb", "a\n", "x\n", "x\nb")]
    [InlineData("a\r\nb", "b\n", "b\nc\n", "a\r\nb\r\nc")]
    [InlineData("a\nb\n", "b\n", "x\n", "a\nx\n")]
    [InlineData("b", "b\n", "x\ny\n", "x\ny")]
    public void Whether_the_last_line_has_an_end_stays_as_it_was(string before, string old, string now, string after) =>
        Assert.Equal(after, After(before, Lines(old, now)));

    [Fact]
    public void Text_that_is_appended_to_an_unfinished_line_starts_a_new_one() =>
        Assert.Equal("a\r\nb\r\nc\r\n", After("a\r\nb", new PatchEdit { New = PatchContent.FromText("c\n"), AtEnd = true, IsText = true }));

    [Theory]
    [InlineData("x\ny\nx\n", "x\n", MatchTier.Exact)]
    [InlineData("x\r\ny\nx\r\n", "x\n", MatchTier.LineEnds)]
    [InlineData("x  \ny\nx\t\n", "x\n", MatchTier.TrailingSpace)]
    [InlineData("  x\ny\n    x\n", "x\n", MatchTier.Indentation)]
    [InlineData("“x”\ny\n”x“\n", "\"x\"\n", MatchTier.Punctuation)]
    public void Every_tier_counts_all_places_and_names_their_lines(string before, string old, MatchTier tier)
    {
        var conflict = Refused(Apply(before, Lines(old, "z\n")));

        Assert.Equal((PatchConflictCode.Ambiguous, tier), (conflict.Code, conflict.Diagnosis!.Tier!.Value));
        Assert.Equal([1, 3], conflict.Candidates);
    }

    [Theory]
    [InlineData(2, "x\nX\na\nb\nx\n")]
    [InlineData(3, "x\nX\na\nb\nx\n")]
    [InlineData(4, "x\nx\na\nb\nX\n")]
    [InlineData(5, "x\nx\na\nb\nX\n")]
    public void A_named_line_decides_between_equal_places_when_one_is_nearest(int line, string after) =>
        Assert.Equal(after, After("x\nx\na\nb\nx\n", Bytes("x\n", "X\n", line)));

    [Theory]
    [InlineData("x\na\nx\n", 2)]
    [InlineData("x\na\nx\n", 9)]
    public void A_named_line_that_is_as_near_to_two_places_or_outside_of_the_file_decides_nothing(string before, int line) =>
        Assert.Equal(PatchConflictCode.Ambiguous, Refused(Apply(before, Bytes("x\n", "X\n", line))).Code);

    [Fact]
    public void A_named_line_too_far_away_decides_nothing()
    {
        var settings = new MatchSettings { MaxHintDistance = 2 };

        Assert.Equal(PatchConflictCode.Ambiguous, Refused(Apply("x\nx\na\nb\nc\nd\n", settings, Bytes("x\n", "X\n", 5))).Code);
    }

    [Theory]
    [InlineData("    if (a)\n        b();\n", "if (a)\n    b();\n", "if (c)\n\n    d();\n", "    if (c)\n\n        d();\n")]
    [InlineData("\t\tx\n", "x\n", "x\n\ty\n", "\t\tx\n\t\t\ty\n")]
    [InlineData("a\n  b\n", "    a\n      b\n", "    a\n      c\n", "a\n  c\n")]
    public void A_replacement_is_indented_like_the_place_that_was_found(string before, string old, string now, string after)
    {
        var result = Apply(before, Lines(old, now));

        Assert.Equal((after, MatchTier.Indentation), (Text(result), result.Tier));
    }

    [Theory]
    [InlineData("  a\n      b\n", "a\nb\n", "x\n")]
    [InlineData("a\n  b\n", "    a\n      b\n", "  x\n")]
    [InlineData("\ta\n    b\n", "a\nb\n", "x\n")]
    public void An_indentation_that_does_not_shift_as_one_is_refused(string before, string old, string now) =>
        Assert.Equal(PatchConflictCode.ContextNotFound, Refused(Apply(before, Lines(old, now))).Code);

    [Fact]
    public void Context_keeps_the_bytes_of_the_file_at_every_tier()
    {
        Assert.Equal("a  \r\nB\nc\t\n", After("a  \r\nb\nc\t\n", Lines("a\nb\nc\n", "a\nB\nc\n")));
        Assert.Equal("say “hi”\nB\n", After("say “hi”\nb\n", Lines("say \"hi\"\nb\n", "say \"hi\"\nB\n")));
    }

    [Fact]
    public void A_tier_beyond_the_policy_is_refused_and_named()
    {
        var conflict = Refused(Apply("  x\n", new MatchSettings { MaxTier = MatchTier.LineEnds }, Lines("x\n", "y\n")));

        Assert.Equal((PatchConflictCode.MatchTooLoose, 1, MatchTier.Indentation), (conflict.Code, conflict.Line!.Value, conflict.Diagnosis!.Tier!.Value));
    }

    [Fact]
    public void Less_context_and_left_out_lines_are_taken_only_when_asked_for()
    {
        var settings = new MatchSettings { MaxTier = MatchTier.ReducedContext };
        var stale = Lines("other\nb\nc\n", "other\nB\nc\n");
        var elided = Lines("a\n...\nd\n", "A\n...\nD\n");

        Assert.Equal(PatchConflictCode.ContextNotFound, Refused(Apply("a\nb\nc\nd\n", stale)).Code);
        Assert.Equal(PatchConflictCode.ContextNotFound, Refused(Apply("a\nb\nc\nd\n", elided)).Code);
        Assert.Equal("a\nB\nc\nd\n", Text(Apply("a\nb\nc\nd\n", settings, stale)));
        Assert.Equal("A\nb\nc\nD\n", Text(Apply("a\nb\nc\nd\n", settings, elided)));
        Assert.Equal(MatchTier.ReducedContext, Apply("a\nb\nc\nd\n", settings, elided).Tier);
    }

    [Fact]
    public void Removed_lines_are_never_reduced() =>
        Assert.Equal(PatchConflictCode.ContextNotFound, Refused(Apply("a\nb\n", new MatchSettings { MaxTier = MatchTier.ReducedContext }, Lines("gone\nb\n", "b\n"))).Code);

    [Fact]
    public void An_anchor_leads_to_the_first_place_behind_it()
    {
        var edit = Lines("  return 1;\n", "  return 2;\n");
        const string Before = "void A()\n  return 1;\nclass X\n  void A()\n  return 1;\n  return 1;\n";

        Assert.Equal("void A()\n  return 1;\nclass X\n  void A()\n  return 2;\n  return 1;\n", After(Before, edit with { Anchor = "class X" }));
        Assert.Equal("void A()\n  return 1;\nclass X\n  void A()\n  return 2;\n  return 1;\n", After(Before, edit with { Anchor = "class X\nvoid A()" }));
        Assert.Equal(PatchConflictCode.ContextNotFound, Refused(Apply(Before, edit with { Anchor = "void B()" })).Code);
    }

    [Fact]
    public void Edits_of_lines_are_found_in_their_order_and_may_share_context()
    {
        static PatchEdit Ordered(string old, string now) => Lines(old, now) with { IsOrdered = true };

        Assert.Equal("A\nx\nB\nx\n", After("a\nx\nb\nx\n", Ordered("a\nx\n", "A\nx\n"), Ordered("x\nb\n", "x\nB\n")));
        Assert.Equal("a\nX\nx\nY\n", After("a\nx\nx\ny\n", Ordered("a\nx\n", "a\nX\n"), Ordered("y\n", "Y\n")));
        Assert.Equal(PatchConflictCode.ContextNotFound, Refused(Apply("a\nb\n", Ordered("b\n", "B\n"), Ordered("a\n", "A\n"))).Code);
    }

    [Fact]
    public void Two_edits_of_one_line_overlap() =>
        Assert.Equal(PatchConflictCode.Overlap, Refused(Apply("a\nb\nc\n", Bytes("a\nb\n", "a\nx\n", 1), Bytes("b\nc\n", "y\nc\n", 2))).Code);

    [Theory]
    [InlineData("a\nb\nc\n", 2, 2, "x\n", "a\nx\nc\n")]
    [InlineData("a\nb\nc\n", 2, 3, "", "a\n")]
    [InlineData("a\nb\nc\n", 1, 0, "x\n", "x\na\nb\nc\n")]
    [InlineData("a\r\nb\r\n", 3, 2, "x\n", "a\r\nb\r\nx\r\n")]
    [InlineData("a\nb", 3, 2, "x\n", "a\nb\nx")]
    [InlineData("a\nb", 2, 2, "x\ny\n", "a\nx\ny")]
    [InlineData("\uFEFFa\nb\n", 1, 1, "\uFEFFx\n", "\uFEFFx\nb\n")]
    public void Lines_by_number_are_replaced(string before, int start, int end, string text, string after) =>
        Assert.Equal(after, After(before, Numbered(start, end, text)));

    [Fact]
    public void Lines_by_number_that_are_not_as_expected_are_looked_for()
    {
        Assert.Equal("new\na\nX\n", After("new\na\nb\n", Numbered(2, 2, "X\n", expect: "b\n")));
        Assert.Equal(PatchConflictCode.ContextNotFound, Refused(Apply("a\nb\n", Numbered(2, 2, "X\n", expect: "gone\n"))).Code);
        Assert.Equal(PatchConflictCode.RangeRefused, Refused(Apply("a\nb\n", Numbered(1, 2, "X\n", expect: "a\n"))).Code);
        Assert.Equal(PatchConflictCode.RangeRefused, Refused(Apply("a\nb\n", Numbered(3, 4, "X\n"))).Code);
    }

    [Theory]
    [InlineData("a😀b\n", 1, 4, 1, 5, "a😀x\n")]
    [InlineData("a😀b\n", 1, 2, 1, 4, "axb\n")]
    [InlineData("e\u0301f\n", 1, 2, 1, 3, "exf\n")]
    [InlineData("日本語\nö\n", 1, 2, 2, 2, "日x\n")]
    [InlineData("a\r\nb\n", 1, 99, 1, 99, "ax\r\nb\n")]
    [InlineData("a\n", 9, 1, 9, 1, "a\nx")]
    [InlineData("\uFEFFab\n", 1, 1, 1, 2, "\uFEFFxb\n")]
    public void Columns_are_utf16_code_units(string before, int startLine, int startColumn, int endLine, int endColumn, string after) =>
        Assert.Equal(after, After(before, Range(startLine, startColumn, endLine, endColumn, "x")));

    [Fact]
    public void A_column_within_a_surrogate_pair_is_refused()
    {
        Assert.Equal(PatchConflictCode.RangeRefused, Refused(Apply("a😀b\n", Range(1, 3, 1, 3, "x"))).Code);
        Assert.Equal(PatchConflictCode.RangeRefused, Refused(Apply("a😀b\n", Range(1, 2, 1, 3, "x"))).Code);
    }

    [Fact]
    public void Columns_of_a_line_that_is_not_utf8_are_refused_but_whole_lines_are_not()
    {
        byte[] before = [0xE9, (byte)'a', (byte)'\n', (byte)'b', (byte)'\n'];

        Assert.Equal(PatchConflictCode.RangeRefused, Refused(Apply(before, new MatchSettings(), Range(1, 2, 1, 3, "x"))).Code);
        Assert.Equal<byte>([0xE9, (byte)'a', (byte)'\n', (byte)'x', (byte)'\n'], Apply(before, new MatchSettings(), Range(2, 1, 2, 2, "x")).After!.Value.ToArray());
    }

    [Fact]
    public void Text_within_lines_is_replaced_at_its_only_place()
    {
        Assert.Equal("f(1); g(3);\r\nh();\r\n", After("f(1); g(2);\r\nh();\r\n", Lines("g(2)", "g(3)")));
        Assert.Equal("a1\r\nb2c\r\n", After("ax\r\nyc\r\n", Lines("x\ny", "1\nb2")));
        Assert.Equal("b b\nb", After("a a\na", Lines("a", "b") with { Occurrence = EditOccurrence.All }));
        Assert.Equal("xb\n", After("a;\nb\n", Lines("a;\n", "x") with { IsInline = true }));
    }

    [Fact]
    public void Lines_of_text_never_begin_within_a_line() =>
        Assert.Equal(PatchConflictCode.ContextNotFound, Refused(Apply("int x = 1;\n", Lines("x = 1;\n", "y = 1;\n"))).Code);

    [Fact]
    public void An_anchor_that_stands_twice_decides_nothing()
    {
        const string Before = "void A()\n  return 1;\nclass X\nvoid A()\n  return 1;\n";

        Assert.Equal([2, 5], Refused(Apply(Before, Lines("  return 1;\n", "  return 2;\n") with { Anchor = "void A()" })).Candidates);
        Assert.Equal(PatchConflictCode.ContextNotFound, Refused(Apply(Before, Lines("", "  x\n") with { Anchor = "void A()" })).Code);
    }

    [Fact]
    public void Edits_without_an_order_count_every_place_in_the_file()
    {
        Assert.Equal("A\nb\nC\n", After("a\nb\nc\n", Lines("c\n", "C\n"), Lines("a\n", "A\n")));
        Assert.Equal([1, 4], Refused(Apply("a\nb\nc\na\n", Lines("c\n", "C\n"), Lines("a\n", "A\n"))).Candidates);
    }
}
