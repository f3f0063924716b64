using System.Text.Json;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>Turns an application into journal records and back.</summary>
internal static class JournalCodec
{
    private static readonly PathPolicy Paths = new([]);

    /// <summary>All records up to and with <see cref="JournalRecordKind.Prepared"/>.</summary>
    public static ReadOnlyMemory<byte> Encode(JournalDocument journal)
    {
        const int Rest = 1 << 16;
        const int PerChange = 1 << 9;
        var size = journal.Changes.Sum(static change => (long)(change.Before?.Bytes.Length ?? 0) + (change.Before is null ? change.After!.Bytes.Length : 0) + PerChange);
        var all = new MemoryStream((int)Math.Min(size + Rest, Array.MaxLength));
        all.Write(JournalFormat.Magic);
        JournalFormat.Append(all, JournalRecordKind.Header, writer =>
        {
            writer.Write(journal.Id);
            writer.Write(journal.PatchDigest);
            writer.Write(journal.CreatedAt);
        });
        JournalFormat.Append(all, JournalRecordKind.Report, writer => writer.Write(Json(journal.Report!)));
        foreach (var directory in journal.NewDirectories)
        {
            JournalFormat.Append(all, JournalRecordKind.NewDirectory, writer => writer.Write(directory));
        }

        foreach (var directory in journal.EmptiedDirectories)
        {
            JournalFormat.Append(all, JournalRecordKind.EmptiedDirectory, writer =>
            {
                writer.Write(directory.Path);
                writer.Write((int)directory.Mode);
            });
        }

        foreach (var change in journal.Changes)
        {
            JournalFormat.Append(all, JournalRecordKind.Change, writer => WriteChange(writer, change));
        }

        var digest = JournalFormat.Digest(all.GetBuffer().AsSpan(JournalFormat.Magic.Length, (int)all.Length - JournalFormat.Magic.Length));
        JournalFormat.Append(all, JournalRecordKind.Prepared, writer => writer.Write(digest));
        return all.GetBuffer().AsMemory(0, (int)all.Length);
    }

    public static byte[] EncodeReport(JournalRecordKind kind, PatchApplication report, IReadOnlyList<int>? selected = null)
    {
        using var all = new MemoryStream();
        JournalFormat.Append(all, kind, writer =>
        {
            writer.Write(Json(report));
            writer.Write(selected?.Count ?? -1);
            foreach (var index in selected ?? [])
            {
                writer.Write(index);
            }
        });
        return all.ToArray();
    }

    public static JournalDocument Decode(string file, ReadOnlyMemory<byte> bytes)
    {
        var journal = new JournalDocument { File = file };
        if (bytes.Length < JournalFormat.Magic.Length || !bytes.Span.StartsWith(JournalFormat.Magic))
        {
            journal.State = JournalFormat.Magic.StartsWith(bytes.Span) || bytes.Span.IndexOfAnyExcept((byte)0) < 0 ? JournalState.Incomplete : JournalState.Damaged;
            return journal;
        }

        journal.Length = JournalFormat.Magic.Length;
        while (true)
        {
            var used = JournalFormat.Read(bytes[(int)journal.Length..], out var kind, out var payload);
            if (used < 0)
            {
                journal.State = JournalState.Damaged;
                return journal;
            }

            if (used == 0)
            {
                return journal;
            }

            if (!TryApply(journal, kind, payload, bytes))
            {
                journal.State = JournalState.Damaged;
                return journal;
            }

            journal.Length += used;
        }
    }

    private static bool TryApply(JournalDocument journal, JournalRecordKind kind, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(payload.ToArray()));
            Apply(journal, kind, reader, payload, bytes);
            return true;
        }
        catch (Exception error) when (error is EndOfStreamException or JsonException or FormatException or InvalidDataException or IOException or ArgumentException)
        {
            return false;
        }
    }

    private static void Apply(JournalDocument journal, JournalRecordKind kind, BinaryReader reader, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> bytes)
    {
        switch (kind)
        {
            case JournalRecordKind.Header:
                (journal.Id, journal.PatchDigest, journal.CreatedAt) = (reader.ReadString(), reader.ReadString(), reader.ReadInt64());
                if (!Identifiers.IsName(journal.Id))
                {
                    throw new InvalidDataException("The id is no name.");
                }

                break;
            case JournalRecordKind.Report:
                journal.Report = Report(reader.ReadString());
                break;
            case JournalRecordKind.NewDirectory:
                journal.NewDirectories.Add(ReadPath(reader));
                break;
            case JournalRecordKind.EmptiedDirectory:
                journal.EmptiedDirectories.Add(new EmptiedDirectory(ReadPath(reader), (UnixFileMode)reader.ReadInt32()));
                break;
            case JournalRecordKind.Change:
                journal.Changes.Add(ReadChange(reader));
                break;
            case JournalRecordKind.Prepared:
                if (!payload.Span.SequenceEqual(JournalFormat.Digest(bytes.Span[JournalFormat.Magic.Length..(int)journal.Length])))
                {
                    throw new InvalidDataException("The digest is wrong.");
                }

                journal.State = JournalState.Prepared;
                break;
            case JournalRecordKind.Committed or JournalRecordKind.RolledBack or JournalRecordKind.Reverting or JournalRecordKind.Reverted:
                journal.Report = Report(reader.ReadString());
                journal.Selected = ReadSelected(reader, journal.Changes.Count);
                journal.State = kind switch
                {
                    JournalRecordKind.Committed => JournalState.Committed,
                    JournalRecordKind.RolledBack => JournalState.RolledBack,
                    JournalRecordKind.Reverting => JournalState.Reverting,
                    _ => JournalState.Reverted,
                };
                break;
            default:
                throw new InvalidDataException("The record is not known.");
        }
    }

    /// <summary>A journal may come with the tree from somewhere else: its paths are no more trusted than those of a patch.</summary>
    private static string ReadPath(BinaryReader reader)
    {
        var path = reader.ReadString();
        return Paths.Check(path) is null ? path : throw new InvalidDataException("The path is refused.");
    }

    private static List<int>? ReadSelected(BinaryReader reader, int changes)
    {
        var count = reader.ReadInt32();
        if (count < 0)
        {
            return null;
        }

        var selected = new List<int>();
        for (var i = 0; i < count; i++)
        {
            var index = reader.ReadInt32();
            selected.Add(index >= 0 && index < changes ? index : throw new InvalidDataException("The change is not there."));
        }

        return selected;
    }

    private static void WriteChange(BinaryWriter writer, TreeChange change)
    {
        writer.Write(change.Path);
        writer.Write(change.Identity.Device);
        writer.Write(change.Identity.Number);
        WriteState(writer, change.Before);
        WriteState(writer, change.After);
        var before = (change.Before?.Bytes ?? default).Span;
        var after = (change.After?.Bytes ?? default).Span;

        // The bytes after are kept as what differs from the bytes before.
        var prefix = before.CommonPrefixLength(after);
        var suffix = CommonSuffix(before[prefix..], after[prefix..]);
        var middle = after[prefix..^suffix];
        writer.Write(before.Length);
        writer.Write(before);
        writer.Write(prefix);
        writer.Write(suffix);
        writer.Write(middle.Length);
        writer.Write(middle);
    }

    private static int CommonSuffix(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        const int Step = 64;
        var length = 0;
        var longest = Math.Min(one.Length, other.Length);
        while (length + Step <= longest && one[^(length + Step)..^length].SequenceEqual(other[^(length + Step)..^length]))
        {
            length += Step;
        }

        while (length < longest && one[^(length + 1)] == other[^(length + 1)])
        {
            length++;
        }

        return length;
    }

    private static TreeChange ReadChange(BinaryReader reader)
    {
        var path = ReadPath(reader);
        var identity = new FileIdentity(reader.ReadUInt64(), reader.ReadUInt64());
        var (beforeKind, beforeMode) = (ReadKind(reader), (UnixFileMode)reader.ReadInt32());
        var (afterKind, afterMode) = (ReadKind(reader), (UnixFileMode)reader.ReadInt32());
        var before = ReadContent(reader);
        var (prefix, suffix) = (reader.ReadInt32(), reader.ReadInt32());
        var middle = ReadContent(reader);
        if ((beforeKind == EntryKind.Missing && afterKind == EntryKind.Missing) || prefix < 0 || suffix < 0 || (long)prefix + suffix > before.Length)
        {
            throw new InvalidDataException("The change is none.");
        }

        byte[] after = [.. before.AsSpan(0, prefix), .. middle, .. before.AsSpan(before.Length - suffix)];
        return new TreeChange(
            path,
            beforeKind == EntryKind.Missing ? null : new FileImage(beforeKind, before, beforeMode),
            identity,
            afterKind == EntryKind.Missing ? null : new FileImage(afterKind, after, afterMode));
    }

    private static EntryKind ReadKind(BinaryReader reader) => (EntryKind)reader.ReadByte() is var kind and (EntryKind.Missing or EntryKind.File or EntryKind.Link)
        ? kind
        : throw new InvalidDataException("The kind is refused.");

    /// <summary>A length that is not true takes no memory.</summary>
    private static byte[] ReadContent(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        return length >= 0 && length <= reader.BaseStream.Length - reader.BaseStream.Position ? reader.ReadBytes(length) : throw new EndOfStreamException();
    }

    private static void WriteState(BinaryWriter writer, FileImage? image)
    {
        writer.Write((byte)(image?.Kind ?? EntryKind.Missing));
        writer.Write((int)(image?.Mode ?? default));
    }

    private static string Json(PatchApplication report) => OrchestratorJson.Write(report, OrchestratorJsonContext.Default.PatchApplication);

    private static PatchApplication Report(string json) => OrchestratorJson.Read(json, OrchestratorJsonContext.Default.PatchApplication);
}
