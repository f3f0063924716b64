using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Patching;

/// <summary>The journals of one root. Used under the root's lock. What is not settled has another name, so that it is found without reading the others.</summary>
internal sealed class JournalStore(IPatchFileSystem files, string directory, bool durable, ILogger logger)
{
    private const string Extension = ".jrnl";
    private const string OpenExtension = ".open.jrnl";
    private const string ConflictExtension = ".conflict";
    private const string LockName = "lock";
    private const int WriteBytes = 1 << 20;

    public string Directory => directory;

    /// <summary>Whether an application to the root was interrupted. Needs no lock, and writes nothing; one that is under way is not interrupted.</summary>
    public bool HasInterrupted()
    {
        if (!OpenNames().Any())
        {
            return false;
        }

        using var pass = files.TryLock(Path.Combine(directory, LockName));
        return pass is not null && Unsettled().Exists(static journal => journal.State is JournalState.Prepared or JournalState.Reverting);
    }

    /// <summary>The journal of an application; <see langword="null"/> when there is none.</summary>
    public JournalDocument? Find(string id)
    {
        var file = FileOf(id);
        if (files.GetEntry(file).Kind != EntryKind.File)
        {
            return null;
        }

        var journal = Load(file);
        return journal.State is JournalState.Incomplete or JournalState.Damaged ? null : journal;
    }

    /// <summary>All journals, the oldest first.</summary>
    public List<JournalDocument> All() => Load(Names());

    /// <summary>The journals of what may have been interrupted, the oldest first.</summary>
    public List<JournalDocument> Unsettled() => Load(OpenNames());

    /// <summary>Writes a new journal until it is prepared, in the place of a settled one of the same id.</summary>
    public JournalDocument Prepare(JournalDocument journal)
    {
        var bytes = JournalCodec.Encode(journal);
        var settled = FileOf(journal.Id);
        if (files.GetEntry(settled).Kind != EntryKind.Missing)
        {
            files.DeleteFile(settled);
        }

        journal.File = OpenFileOf(settled);
        using (var file = files.CreateFile(journal.File))
        {
            for (var offset = 0; offset < bytes.Length; offset += WriteBytes)
            {
                file.Write(offset, bytes.Span.Slice(offset, Math.Min(WriteBytes, bytes.Length - offset)));
            }

            if (durable)
            {
                file.Flush();
            }
        }

        FlushNames();
        journal.State = JournalState.Prepared;
        journal.Length = bytes.Length;
        return journal;
    }

    /// <summary>Makes a settled journal one of which an interruption must be found again.</summary>
    public void Reopen(JournalDocument journal)
    {
        Rename(journal, OpenFileOf(journal.File));
        FlushNames();
    }

    /// <summary>Marks a journal as settled. Also one whose last record says so already.</summary>
    public void Close(JournalDocument journal)
    {
        if (journal.File.EndsWith(OpenExtension, StringComparison.Ordinal))
        {
            Rename(journal, journal.File[..^OpenExtension.Length] + Extension);
        }
    }

    public void Append(JournalDocument journal, JournalRecordKind kind, PatchApplication report, IReadOnlyList<int>? selected = null)
    {
        if (report.Outcome == PatchOutcome.Conflicted && FileOf(journal.Id) + ConflictExtension is var mark && files.GetEntry(mark).Kind == EntryKind.Missing)
        {
            files.CreateFile(mark).Dispose();
        }

        var record = JournalCodec.EncodeReport(kind, report, selected);
        using var file = files.OpenFile(journal.File);
        file.SetLength(journal.Length);
        file.Write(journal.Length, record);
        if (durable)
        {
            file.Flush();
        }

        journal.Length += record.Length;
        journal.Report = report;
        journal.Selected = selected?.ToList();
    }

    /// <summary>Takes out what an append that failed may have left: nothing may say that all is done while it is being taken back.</summary>
    public void CutTail(JournalDocument journal)
    {
        if (files.GetEntry(journal.File).Size > journal.Length)
        {
            using var file = files.OpenFile(journal.File);
            file.SetLength(journal.Length);
            if (durable)
            {
                file.Flush();
            }
        }
    }

    public void Remove(JournalDocument journal) => files.DeleteFile(journal.File);

    /// <summary>Puts a damaged journal aside, so that nobody trusts it and nothing in it is lost.</summary>
    public void PutAside(JournalDocument journal)
    {
        Log.JournalDamaged(logger, Path.GetFileName(journal.File));
        var aside = journal.File + ".damaged";
        if (files.GetEntry(aside).Kind == EntryKind.Missing)
        {
            using var copy = files.CreateFile(aside);
            copy.Write(0, files.ReadFile(journal.File, int.MaxValue));
        }

        files.DeleteFile(journal.File);
    }

    /// <summary>Keeps our copy of a file that could not be put back.</summary>
    public void KeepCopy(JournalDocument journal, int index, FileImage image)
    {
        var copy = $"{FileOf(journal.Id)}.{index.ToString(CultureInfo.InvariantCulture)}.kept";
        if (files.GetEntry(copy) is { Kind: EntryKind.File } there)
        {
            if (there.Size == image.Bytes.Length)
            {
                return;
            }

            // Cut off when we were interrupted.
            files.DeleteFile(copy);
        }

        using var file = files.CreateFile(copy);
        file.Write(0, image.Bytes.Span);
        if (durable)
        {
            file.Flush();
        }
    }

    /// <summary>Removes the oldest settled journals beyond a number; those with conflicts stay.</summary>
    public void Prune(int keep)
    {
        var names = files.List(directory).ToHashSet(StringComparer.Ordinal);
        var settled = names.Where(name => name.EndsWith(Extension, StringComparison.Ordinal) && !name.EndsWith(OpenExtension, StringComparison.Ordinal) && !names.Contains(name + ConflictExtension))
            .Select(name => Path.Combine(directory, name)).ToList();
        if (settled.Count <= keep)
        {
            return;
        }

        foreach (var file in settled.Select(file => (File: file, files.GetEntry(file).Changed)).OrderBy(static entry => entry.Changed).Take(settled.Count - keep))
        {
            try
            {
                var journal = Load(file.File);
                if (journal.State is JournalState.Committed or JournalState.RolledBack or JournalState.Reverted && journal.Report?.Outcome != PatchOutcome.Conflicted)
                {
                    Remove(journal);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Log.JournalKept(logger, Path.GetFileName(file.File), error.GetType().Name);
            }
        }
    }

    /// <summary>Ids that differ in letter case only must not meet in one file.</summary>
    public string FileOf(string id) =>
        Path.Combine(directory, $"{id}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..8]}{Extension}");

    private static string OpenFileOf(string settled) =>
        settled.EndsWith(OpenExtension, StringComparison.Ordinal) ? settled : settled[..^Extension.Length] + OpenExtension;

    private void Rename(JournalDocument journal, string file)
    {
        if (file != journal.File)
        {
            files.Move(journal.File, file);
            journal.File = file;
        }
    }

    private void FlushNames()
    {
        if (durable)
        {
            files.FlushDirectory(directory);
        }
    }

    private IEnumerable<string> Names() => files.List(directory).Where(static name => name.EndsWith(Extension, StringComparison.Ordinal));

    private IEnumerable<string> OpenNames() => Names().Where(static name => name.EndsWith(OpenExtension, StringComparison.Ordinal));

    private List<JournalDocument> Load(IEnumerable<string> names) =>
    [
        .. names.Select(name => Load(Path.Combine(directory, name)))
            .OrderBy(static journal => journal.CreatedAt).ThenBy(static journal => journal.Id, StringComparer.Ordinal),
    ];

    /// <summary>Files are named after the id in a journal: one under another name is not ours.</summary>
    private JournalDocument Load(string file)
    {
        var journal = JournalCodec.Decode(file, files.ReadFile(file, int.MaxValue));
        if (journal.State is not (JournalState.Incomplete or JournalState.Damaged) && OpenFileOf(FileOf(journal.Id)) != OpenFileOf(file))
        {
            journal.State = JournalState.Damaged;
        }

        return journal;
    }
}
