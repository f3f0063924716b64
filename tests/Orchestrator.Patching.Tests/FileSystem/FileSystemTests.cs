using System.Text;

namespace Orchestrator.Patching;

/// <summary>What every file system behind the seam must do; <see cref="TreeApplicationTests"/> is what patching then does on it.</summary>
public abstract class FileSystemTests
{
    protected abstract IPatchFileSystem Files { get; }

    protected abstract string Root { get; }

    [Fact]
    public void A_made_file_can_be_written_read_and_cut()
    {
        using (var file = Files.CreateFile(At("a")))
        {
            file.Write(0, "hello"u8);
            file.Write(3, "p me"u8);
            file.SetLength(4);
            Assert.Equal("help", Encoding.UTF8.GetString(file.ReadAll(100)));
            Assert.Equal((EntryKind.File, 4L), (file.Entry.Kind, file.Entry.Size));
        }

        Assert.Equal("help"u8, Files.ReadFile(At("a"), 4));
        Assert.ThrowsAny<IOException>(() => Files.ReadFile(At("a"), 3));
        Assert.ThrowsAny<IOException>(() => Files.CreateFile(At("a")));
        Assert.ThrowsAny<IOException>(() => Files.OpenFile(At("missing")));
        Assert.ThrowsAny<IOException>(() => Files.CreateFile(At("missing/b")));
    }

    [Fact]
    public void Every_kind_of_entry_is_told_and_a_link_is_not_followed()
    {
        Make("a", "x");
        Files.CreateDirectory(At("dir"));
        Files.CreateLink(At("link"), "dir");

        Assert.Equal(
            [EntryKind.File, EntryKind.Directory, EntryKind.Link, EntryKind.Missing, EntryKind.Missing],
            new[] { "a", "dir", "link", "none", "a/b" }.Select(name => Files.GetEntry(At(name)).Kind));
        Assert.Equal("dir", Files.ReadLink(At("link")));
        Assert.Equal(["a", "dir", "link"], Files.List(Root).Order(StringComparer.Ordinal));
        Assert.Equal(Files.Canonical(At("dir")) + Path.DirectorySeparatorChar + "new", Files.Canonical(At("link/new")));
        Assert.ThrowsAny<IOException>(() => Files.CreateFile(At("link/b")));
    }

    [Fact]
    public void A_move_takes_the_file_along_and_replaces_nothing()
    {
        Make("a", "1");
        Make("b", "2");
        var identity = Files.GetEntry(At("a")).Identity;

        Assert.ThrowsAny<IOException>(() => Files.Move(At("a"), At("b")));
        Files.Move(At("a"), At("c"));

        Assert.Equal(identity, Files.GetEntry(At("c")).Identity);
        Assert.Equal(("1", "2", EntryKind.Missing), (Text("c"), Text("b"), Files.GetEntry(At("a")).Kind));
    }

    [Fact]
    public void Exchanged_files_change_their_names_and_a_twin_has_the_permissions()
    {
        Make("a", "1");
        Files.SetMode(At("a"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using (var twin = Files.CreateTwin(At("a"), At("t"))!)
        {
            twin.Write(0, "2"u8);
        }

        var exchanged = Files.TryExchange(At("a"), At("t"));

        Assert.Equal(Files.GetEntry(At("a")).Mode, Files.GetEntry(At("t")).Mode);
        Assert.Equal(exchanged ? ("2", "1") : ("1", "2"), (Text("a"), Text("t")));
    }

    [Fact]
    public void Only_an_empty_directory_is_removed()
    {
        Files.CreateDirectory(At("dir"));
        Make("dir/a", "x");

        var full = Files.TryRemoveDirectory(At("dir"));
        Files.DeleteFile(At("dir/a"));

        Assert.False(full);
        Assert.True(Files.TryRemoveDirectory(At("dir")));
        Assert.Equal(EntryKind.Missing, Files.GetEntry(At("dir")).Kind);
        Assert.False(Files.TryRemoveDirectory(At("dir")));
    }

    [Fact]
    public void A_lock_is_held_by_one_until_it_is_given_back()
    {
        var first = Files.TryLock(At("lock"));
        var second = Files.TryLock(At("lock"));
        first!.Dispose();
        using var third = Files.TryLock(At("lock"));

        Assert.Null(second);
        Assert.NotNull(third);
    }

    [Fact]
    public void What_is_there_is_not_made_again_and_what_is_not_there_is_not_removed()
    {
        Make("a", "x");
        Files.CreateDirectory(At("dir"));

        Assert.ThrowsAny<IOException>(() => Files.CreateDirectory(At("dir")));
        Assert.ThrowsAny<IOException>(() => Files.CreateDirectory(At("a")));
        Assert.ThrowsAny<IOException>(() => Files.CreateDirectory(At("none/dir")));
        Assert.ThrowsAny<IOException>(() => Files.CreateFile(At("dir")));
        Assert.ThrowsAny<IOException>(() => Files.CreateLink(At("a"), "dir"));
        Assert.ThrowsAny<IOException>(() => Files.CreateTwin(At("a"), At("dir")));
        Assert.ThrowsAny<IOException>(() => Files.DeleteFile(At("none")));
        Assert.ThrowsAny<IOException>(() => Files.Move(At("none"), At("b")));
        Assert.ThrowsAny<IOException>(() => Files.ReadFile(At("none"), 100));
        Assert.ThrowsAny<IOException>(() => Files.ReadFile(At("dir"), 100));
        Assert.ThrowsAny<IOException>(() => Files.ReadLink(At("a")));
        Assert.NotNull(Record.Exception(() => Files.DeleteFile(At("dir"))));
        Assert.False(Files.TryRemoveDirectory(At("a")));
        Assert.Equal(["a", "dir"], Files.List(Root).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_link_in_the_middle_or_at_the_end_of_a_path_leads_anywhere()
    {
        Files.CreateDirectory(At("real"));
        Make("real/a", "x");
        Files.CreateLink(At("led"), "real");
        Files.CreateLink(At("link"), "real/a");
        Files.CreateLink(At("dangling"), "real/made");

        Assert.ThrowsAny<IOException>(() => Files.ReadFile(At("led/a"), 100));
        Assert.ThrowsAny<IOException>(() => Files.ReadFile(At("link"), 100));
        Assert.ThrowsAny<IOException>(() => Files.OpenFile(At("led/a")));
        Assert.ThrowsAny<IOException>(() => Files.OpenFile(At("link")));
        Assert.ThrowsAny<IOException>(() => Files.CreateFile(At("dangling")));
        Assert.ThrowsAny<IOException>(() => Files.CreateLink(At("led/b"), "x"));
        Assert.ThrowsAny<IOException>(() => Files.CreateDirectory(At("led/b")));
        Assert.ThrowsAny<IOException>(() => Files.DeleteFile(At("led/a")));
        Assert.ThrowsAny<IOException>(() => Files.Move(At("led/a"), At("b")));
        Assert.ThrowsAny<IOException>(() => Files.Move(At("real/a"), At("led/b")));
        Assert.ThrowsAny<IOException>(() => Files.SetMode(At("led/a"), UnixFileMode.UserRead));
        Assert.ThrowsAny<IOException>(() => Files.TryLock(At("dangling")));
        Assert.ThrowsAny<IOException>(() => Files.TryLock(At("led/lock")));
        Assert.Equal(["a"], Files.List(At("real")));
        Assert.Equal("x", Text("real/a"));
        Files.DeleteFile(At("link"));
        Assert.Equal("x", Text("real/a"));
    }

    [Fact]
    public void An_open_file_stays_the_same_whatever_stands_at_its_name()
    {
        Make("a", "1");
        using var file = Files.OpenFile(At("a"));
        Files.Move(At("a"), At("b"));
        Make("a", "2");

        file.Write(0, "3"u8);

        Assert.Equal(("2", "3"), (Text("a"), Text("b")));
        Assert.Equal(Files.GetEntry(At("b")).Identity, file.Entry.Identity);
        Assert.True(file.Entry.Identity == default || file.Entry.Identity != Files.GetEntry(At("a")).Identity);
    }

    [Fact]
    public void A_change_is_told_by_its_time_or_no_time_is_told_at_all()
    {
        Make("a", "1");
        var before = Files.GetEntry(At("a")).Changed;
        SpinWait.SpinUntil(
            () =>
            {
                using var file = Files.OpenFile(At("a"));
                file.Write(0, "2"u8);
                return before == 0 || file.Entry.Changed != before;
            },
            TimeSpan.FromSeconds(10));

        Assert.Equal(before == 0, Files.GetEntry(At("a")).Changed == before);
    }

    private string At(string path) => Path.Combine(Root, path);

    private string Text(string path) => Encoding.UTF8.GetString(Files.ReadFile(At(path), 100));

    private void Make(string path, string text)
    {
        using var file = Files.CreateFile(At(path));
        file.Write(0, Encoding.UTF8.GetBytes(text));
    }
}
