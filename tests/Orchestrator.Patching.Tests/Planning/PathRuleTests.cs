namespace Orchestrator.Patching;

/// <summary>Every clause of the rules for paths.</summary>
public sealed class PathRuleTests
{
    [Theory]
    [InlineData("a\u0000b")]
    [InlineData("a\u007f")]
    [InlineData("a\u0085")]
    [InlineData("a\u2028b")]
    [InlineData("//server/share")]
    [InlineData("\\\\server\\share")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a/./b")]
    [InlineData("a/..")]
    [InlineData("c:a")]
    [InlineData("~root/x")]
    [InlineData("a/b. ")]
    [InlineData("a/b..")]
    [InlineData("con")]
    [InlineData("src/AUX.c")]
    [InlineData("LPT9.log")]
    [InlineData("com\u00b9")]
    [InlineData("CONIN$")]
    public void A_path_that_means_something_else_somewhere_is_refused(string path) => Assert.Equal(PatchConflictCode.PathRefused, new PathPolicy([]).Check(path)?.Code);

    [Theory]
    [InlineData(".git")]
    [InlineData("a/.Git/b")]
    [InlineData("GIT~1")]
    [InlineData("git~22/x")]
    [InlineData(".gi\u200dt/x")]
    [InlineData(".\ufeffgit/x")]
    [InlineData(".git\u202e/x")]
    [InlineData(".git\u206f/x")]
    [InlineData("ORCHES~1/x")]
    [InlineData(".Orchestrator/x")]
    public void A_path_that_leads_into_the_version_control_somewhere_is_protected(string path) => Assert.Equal(PatchConflictCode.PathProtected, new PathPolicy([]).Check(path)?.Code);

    [Theory]
    [InlineData("git~")]
    [InlineData("git~1a")]
    [InlineData("a~b")]
    [InlineData(".gitkeep")]
    [InlineData("\ud83d\ude00.txt")]
    [InlineData("console")]
    [InlineData("com10")]
    [InlineData("a..b")]
    [InlineData("..a")]
    public void A_path_that_only_looks_so_is_allowed(string path) => Assert.Null(new PathPolicy([]).Check(path));

    [Theory]
    [InlineData("n\u00e9", "ne\u0301")]
    [InlineData("A", "a")]
    [InlineData("a\u200cb", "ab")]
    [InlineData("\u212a", "k")]
    [InlineData("\u212b", "A\u030a")]
    [InlineData("\u1eb7", "a\u0323\u0306")]
    [InlineData("\uac01", "\u1100\u1161\u11a8")]
    public void Paths_that_some_file_system_does_not_tell_apart_have_one_key(string one, string other) => Assert.Equal(PathPolicy.FoldKey(one), PathPolicy.FoldKey(other));

    [Fact]
    public void A_path_that_is_no_text_is_refused()
    {
        Assert.Equal(PatchConflictCode.PathRefused, new PathPolicy([]).Check("a" + (char)0xD800)?.Code);
        Assert.Equal(PatchConflictCode.PathRefused, new PathPolicy([]).Check(new string([(char)0xDC00, (char)0xD800]))?.Code);
    }

    [Theory]
    [InlineData("./a", "a")]
    [InlineData(".//./a", "/./a")]
    [InlineData("src\\a.cs", "src/a.cs")]
    [InlineData("\\\\server\\a", "//server/a")]
    [InlineData("./", "./")]
    public void A_path_of_a_reply_is_read_as_it_is_meant_before_it_is_judged(string path, string meant) => Assert.Equal(meant, PathPolicy.Normalize(path, isReply: true));

    [Fact]
    public void A_backslash_in_a_diff_stays_one() => Assert.Equal("a\\b", PathPolicy.Normalize("./a\\b", isReply: false));

    [Theory]
    [InlineData("secrets/", "secrets/a/b")]
    [InlineData("caf\u00e9/**", "cafe\u0301/x")]
    [InlineData("keys/**", "ke\u200cys/x")]
    [InlineData("k/**", "\u212a/x")]
    public void A_protected_name_is_protected_in_every_spelling(string pattern, string path) => Assert.Equal(PatchConflictCode.PathProtected, new PathPolicy([pattern]).Check(path)?.Code);
}
