namespace Orchestrator.Patching;

/// <summary>Decides whether only an interrupted write of ours can have left a file as it is.</summary>
internal static class TornWrite
{
    public static bool Explains(TreeChange change, FileImage? now, FileIdentity identity)
    {
        if (now is null)
        {
            // Between removing the one and making the other, where one of the two is a link.
            return change.IsRemade;
        }

        if (now.Kind != EntryKind.File)
        {
            return false;
        }

        var before = change.Before is { Kind: EntryKind.File } old ? old.Bytes.Span : default;
        var after = change.After is { Kind: EntryKind.File } next ? next.Bytes.Span : default;
        var isOverwrite = change.Before is { Kind: EntryKind.File } && change.After is { Kind: EntryKind.File };
        if (isOverwrite && change.Identity != default && identity != default && change.Identity != identity)
        {
            return false;
        }

        return IsMix(now.Bytes.Span, before, after, isOverwrite ? Math.Min(before.Length, after.Length) : 0);
    }

    /// <summary>Whether a file is the beginning of another one, or zero where the bytes had not reached the disk.</summary>
    public static bool IsPart(FileImage? now, FileImage? whole) => now is not null && whole is not null && now.Kind == whole.Kind
        && (now.Kind == EntryKind.File ? IsMix(now.Bytes.Span, default, whole.Bytes.Span, 0) : FileImage.Same(now, whole));

    /// <summary>Every byte is from one of both, or a zero where the file grew and the bytes had not reached the disk.</summary>
    private static bool IsMix(ReadOnlySpan<byte> now, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, int shortest)
    {
        if (now.Length < shortest || now.Length > Math.Max(before.Length, after.Length))
        {
            return false;
        }

        for (var i = 0; i < now.Length; i++)
        {
            var known = (i < before.Length && now[i] == before[i]) || (i < after.Length && now[i] == after[i]);
            if (!known && !(now[i] == 0 && i >= shortest))
            {
                return false;
            }
        }

        return true;
    }
}
