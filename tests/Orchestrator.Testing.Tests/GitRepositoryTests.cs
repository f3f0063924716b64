namespace Orchestrator.Testing.Tests;

public sealed class GitRepositoryTests : IDisposable
{
    private readonly GitRepository _repository = GitRepository.Init();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void The_same_files_give_the_same_commit_in_every_repository()
    {
        using var other = GitRepository.Init();
        _repository.Write("a/b.txt", "text\n");
        other.Write("a/b.txt", "text\n");

        var first = _repository.Commit("one");
        var second = other.Commit("one");

        Assert.Equal(first, second);
        Assert.Equal("main", _repository.Run("branch", "--show-current").Trim());
        Assert.Equal("Test Author <author@example.test>", _repository.Run("log", "-1", "--format=%an <%ae>").Trim());
    }

    [Fact]
    public void Status_shows_what_is_not_committed()
    {
        _repository.Write("new.txt", [0xff, 0x00]);

        var before = _repository.Status();
        _repository.Commit("all");

        Assert.Equal("?? new.txt\n", before);
        Assert.Empty(_repository.Status());
    }

    [Fact]
    public void A_failing_command_throws_with_what_git_said()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => _repository.Run("checkout", "nowhere"));

        Assert.Contains("nowhere", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_untouched_tree_has_no_difference()
    {
        _repository.Write("a.txt", "text");
        var before = _repository.Tree();

        _repository.Commit("all");

        Assert.Empty(GitRepository.TreeDifference(before, _repository.Tree()));
        Assert.Equal(["a.txt"], before.Keys);
    }

    [Fact]
    public void A_changed_content_a_new_file_and_a_lost_file_show()
    {
        _repository.Write("changed.txt", "one");
        var lost = _repository.Write("lost.txt", "one");
        var before = _repository.Tree();

        _repository.Write("changed.txt", "two");
        _repository.Write("new.txt", "two");
        File.Delete(lost);

        var lines = GitRepository.TreeDifference(before, _repository.Tree()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["~ changed.txt", "- lost.txt", "+ new.txt"], lines.Select(line => line[..line.IndexOf(" (", StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_changed_mode_a_changed_link_and_an_empty_folder_show()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no permission bits.");
        var script = _repository.Write("run.sh", "true");
        var link = _repository.Combine("link");
        File.CreateSymbolicLink(link, "run.sh");
        var before = _repository.Tree();

        SetExecutable(script);
        File.Delete(link);
        File.CreateSymbolicLink(link, "elsewhere");
        Directory.CreateDirectory(_repository.Combine("empty"));

        var difference = GitRepository.TreeDifference(before, _repository.Tree());
        Assert.Contains("~ run.sh", difference, StringComparison.Ordinal);
        Assert.Contains("~ link (link to run.sh -> link to elsewhere)", difference, StringComparison.Ordinal);
        Assert.Contains("+ empty/", difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_repository_is_gone_with_its_read_only_files()
    {
        var repository = GitRepository.Init();
        File.SetAttributes(repository.Write("locked.txt", "text"), FileAttributes.ReadOnly);

        repository.Dispose();

        Assert.False(Directory.Exists(repository.Path));
    }

    private static void SetExecutable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
        }
    }
}
