using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Patching;

/// <summary>The journals of one root. Used under the root's lock.</summary>
internal sealed class JournalStore(IPatchFileSystem files, string directory, bool durable, ILogger logger)
{
    private const string Extension = ".jrnl";
    private const int WriteBytes = 1 << 20;

    public string Directory => directory;

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
    public List<JournalDocument> All() =>
    [
        .. files.List(directory).Where(static name => name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => Load(Path.Combine(directory, name)))
            .OrderBy(static journal => journal.CreatedAt).ThenBy(static journal => journal.Id, StringComparer.Ordinal),
    ];

    /// <summary>Writes a new journal until it is prepared, in the place of a settled one of the same id.</summary>
    public JournalDocument Prepare(JournalDocument journal)
    {
        var bytes = JournalCodec.Encode(journal);
        if (files.GetEntry(journal.File).Kind != EntryKind.Missing)
        {
            files.DeleteFile(journal.File);
        }

        using (var file = files.CreateFile(journal.File))
        {
            for (var offset = 0; offset < bytes.Length; offset += WriteBytes)
            {
                file.Write(offset, bytes.AsSpan(offset, Math.Min(WriteBytes, bytes.Length - offset)));
            }

            if (durable)
            {
                file.Flush();
            }
        }

        if (durable)
        {
            files.FlushDirectory(directory);
        }

        journal.State = JournalState.Prepared;
        journal.Length = bytes.Length;
        return journal;
    }

    public void Append(JournalDocument journal, JournalRecordKind kind, PatchApplication report, IReadOnlyList<int>? selected = null)
    {
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
        var copy = $"{journal.File}.{index.ToString(CultureInfo.InvariantCulture)}.kept";
        if (files.GetEntry(copy).Kind != EntryKind.Missing)
        {
            return;
        }

        using var file = files.CreateFile(copy);
        file.Write(0, image.Bytes.Span);
    }

    /// <summary>Removes the oldest settled journals beyond a number; those with conflicts stay.</summary>
    public void Prune(int keep)
    {
        var names = files.List(directory).Count(static name => name.EndsWith(Extension, StringComparison.Ordinal));
        if (names <= keep)
        {
            return;
        }

        var settled = All().Where(static journal =>
            journal.State is JournalState.Committed or JournalState.RolledBack or JournalState.Reverted && journal.Report?.Outcome != PatchOutcome.Conflicted).ToList();
        foreach (var journal in settled.Take(Math.Max(0, settled.Count - keep)))
        {
            try
            {
                Remove(journal);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Log.JournalKept(logger, Path.GetFileName(journal.File), error.GetType().Name);
            }
        }
    }

    /// <summary>Ids that differ in letter case only must not meet in one file.</summary>
    public string FileOf(string id) =>
        Path.Combine(directory, $"{id}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..8]}{Extension}");

    private JournalDocument Load(string file) => JournalCodec.Decode(file, files.ReadFile(file, int.MaxValue));
}
