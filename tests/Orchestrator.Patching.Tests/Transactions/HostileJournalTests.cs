using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Orchestrator.Patching;

/// <summary>Journals that somebody else wrote: they may come with a tree, and are no more trusted than a patch.</summary>
public sealed class HostileJournalTests
{
    private static readonly string Root = Path.GetFullPath("/w/root");
    private static readonly string Outside = Path.GetFullPath("/w/outside");

    private readonly InMemoryFileSystem _files = new();
    private readonly JournalStore _journals;

    public HostileJournalTests()
    {
        _files.WriteFile(Root + "/a.txt", PatchContent.FromText("now\n"));
        _files.WriteFile(Outside + "/kept", PatchContent.FromText("kept\n"));
        _journals = new JournalStore(_files, JournalLocation.Find(_files, Root, null), durable: false, NullLogger.Instance);
        _files.WriteFile(_journals.Directory + "/lock", default);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("../../../outside/evil")]
    [InlineData("/w/outside/evil")]
    [InlineData("other")]
    [InlineData("")]
    public async Task Only_an_id_that_is_a_name_and_that_of_the_file_is_believed(string id)
    {
        var journal = Journal(id);
        journal.Changes.Add(new TreeChange("a.txt", File("evil\n"), default, File("never there\n")));
        Write("x", JournalCodec.Encode(journal).ToArray());

        await RecoverAsync();

        Assert.Equal(["kept"], _files.GetFiles(Outside));
        Assert.DoesNotContain(_files.GetFiles(Root), static path => path.EndsWith(".kept", StringComparison.Ordinal));
        Assert.Contains(_files.GetFiles(Root), static path => path.EndsWith(".damaged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-7)]
    public async Task A_change_that_is_not_there_cannot_be_selected(int selected)
    {
        var journal = Journal("a1");
        journal.Changes.Add(new TreeChange("a.txt", File("old\n"), default, File("now\n")));
        Write("a1", [.. JournalCodec.Encode(journal).Span, .. JournalCodec.EncodeReport(JournalRecordKind.Reverting, journal.Report!, [selected])]);

        await RecoverAsync();

        Assert.Equal("now\n"u8, _files.ReadFile(Root + "/a.txt", 100));
    }

    [Theory]
    [InlineData(EntryKind.Directory)]
    [InlineData(EntryKind.Other)]
    [InlineData((EntryKind)77)]
    public void Only_files_and_links_stand_in_a_journal(EntryKind kind)
    {
        var journal = Journal("a1");
        journal.Changes.Add(new TreeChange("a.txt", new FileImage(kind, default, default), default, File("now\n")));

        Assert.Equal(JournalState.Damaged, JournalCodec.Decode("x", JournalCodec.Encode(journal)).State);
    }

    [Fact]
    public void A_length_beyond_the_end_of_a_record_takes_no_memory()
    {
        var all = new MemoryStream();
        all.Write(JournalFormat.Magic);
        JournalFormat.Append(all, JournalRecordKind.Change, static writer =>
        {
            writer.Write("a.txt");
            writer.Write(0UL);
            writer.Write(0UL);
            foreach (var _ in new[] { "before", "after" })
            {
                writer.Write((byte)EntryKind.File);
                writer.Write(0);
            }

            writer.Write(Array.MaxLength);
        });
        var before = GC.GetAllocatedBytesForCurrentThread();

        var journal = JournalCodec.Decode("x", all.ToArray());

        Assert.Equal(JournalState.Damaged, journal.State);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task A_journal_with_any_byte_changed_never_leads_outside_and_never_ends_in_anything_unexpected()
    {
        var random = new Random(5);
        var good = Records(Good());
        for (var i = 0; i < LongRun.Pick(always: 2_000, asked: 100_000); i++)
        {
            var records = good.Select(static record => (record.Kind, Payload: record.Payload.ToArray())).ToList();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var payload = records[random.Next(records.Count)].Payload;
                payload[random.Next(payload.Length)] = (byte)(random.Next(3) == 0 ? 0xFF : random.Next(256));
            }

            Write("a1", Bytes(records));

            await RecoverAsync();

            Assert.Equal(["kept"], _files.GetFiles(Outside));
            Assert.Equal(["outside", "root"], _files.List(Path.GetFullPath("/w")).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_journal_is_told_as_such()
    {
        _files.CreateLink(_journals.Directory + "/x.open.jrnl", Outside + "/kept");
        var manager = new PatchManager(_files);

        var applied = await Assert.ThrowsAsync<PatchingException>(() => manager.ApplyAsync(Root, "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n"));
        var recovered = await Assert.ThrowsAsync<PatchingException>(async () => await manager.RecoverAsync(Root, Token));

        Assert.Equal((PatchingException.JournalUnusable, PatchingException.JournalUnusable), (applied.Code, recovered.Code));
    }

    private static JournalDocument Journal(string id) => new() { File = "", Id = id, Report = new PatchApplication { Id = "a1", Outcome = PatchOutcome.Applied } };

    private static FileImage File(string text) => new(EntryKind.File, Encoding.UTF8.GetBytes(text), default);

    private static byte[] Good()
    {
        var journal = Journal("a1");
        journal.Changes.Add(new TreeChange("a.txt", File("old\n"), default, File("now\n")));
        journal.Changes.Add(new TreeChange("made/b.txt", null, default, File("made\n")));
        journal.Changes.Add(new TreeChange("gone/c.txt", File("gone\n"), default, null));
        journal.Changes.Add(new TreeChange("l", new FileImage(EntryKind.Link, "a.txt"u8.ToArray(), default), default, File("no link\n")));
        journal.NewDirectories.Add("made");
        journal.EmptiedDirectories.Add(new EmptiedDirectory("gone", UnixFileMode.UserRead));
        return [.. JournalCodec.Encode(journal).Span, .. JournalCodec.EncodeReport(JournalRecordKind.Reverting, journal.Report!, [0, 1, 2, 3])];
    }

    private static List<(JournalRecordKind Kind, byte[] Payload)> Records(byte[] journal)
    {
        var records = new List<(JournalRecordKind, byte[])>();
        var rest = journal.AsMemory(JournalFormat.Magic.Length);
        while (JournalFormat.Read(rest, out var kind, out var payload) is var used and > 0)
        {
            records.Add((kind, payload.ToArray()));
            rest = rest[used..];
        }

        return records;
    }

    /// <summary>With the right checksums and digest: whoever forges a journal can compute them.</summary>
    private static byte[] Bytes(List<(JournalRecordKind Kind, byte[] Payload)> records)
    {
        var all = new MemoryStream();
        all.Write(JournalFormat.Magic);
        foreach (var (kind, payload) in records)
        {
            var body = kind == JournalRecordKind.Prepared ? JournalFormat.Digest(all.ToArray().AsSpan(JournalFormat.Magic.Length)) : payload;
            JournalFormat.Append(all, kind, writer => writer.Write(body));
        }

        return all.ToArray();
    }

    private void Write(string id, byte[] bytes) => _files.WriteFile(_journals.FileOf(id).Replace(".jrnl", ".open.jrnl", StringComparison.Ordinal), new PatchContent(bytes));

    /// <summary>What cannot be settled is told by the one exception that is promised.</summary>
    private async Task RecoverAsync()
    {
        try
        {
            await new PatchManager(_files).RecoverAsync(Root, Token);
        }
        catch (PatchingException)
        {
            Assert.Equal(["kept"], _files.GetFiles(Outside));
        }
    }
}
