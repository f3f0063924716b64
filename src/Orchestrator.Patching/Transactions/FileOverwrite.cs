namespace Orchestrator.Patching;

/// <summary>Gives a file another content: in place, or by exchanging it for another file.</summary>
internal sealed class FileOverwrite(TreeReader tree, TransactionSettings settings, FileProof proof)
{
    private const UnixFileMode OwnerWrite = UnixFileMode.UserWrite;
    private const int WriteBytes = 1 << 20;

    /// <summary>How long somebody who has a displaced file open is waited for, so that what is being written in this moment is seen; readers may keep it open for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>Overwrites.</summary>
    /// <returns>Whether another file has taken the name.</returns>
    public bool Run(string path, string aside, FileImage from, FileStamp stamp, FileImage to)
    {
        var full = tree.FullPath(path);
        var entry = tree.Entry(path);
        if (entry.Kind != EntryKind.File || !FileProof.IsSame(entry.Identity, stamp.Identity))
        {
            throw new ChangedMeanwhileException(path);
        }

        if (settings.Atomic.Contains(path) && entry.Links <= 1 && !from.Bytes.Span.SequenceEqual(to.Bytes.Span) && Exchange(path, aside, from, stamp, to))
        {
            return true;
        }

        var isLocked = !OperatingSystem.IsWindows() && (entry.Mode & OwnerWrite) == 0;
        if (isLocked)
        {
            // Only whom the file is open to may open it: for others the permission is lent for the moment.
            tree.Files.SetMode(full, entry.Mode | OwnerWrite);
        }

        try
        {
            InPlace(path, from, isLocked ? new FileStamp(stamp.Identity) : stamp, to);
        }
        catch (ChangedMeanwhileException) when (isLocked)
        {
            tree.Files.SetMode(full, entry.Mode);
            throw;
        }

        if (isLocked || to.Mode != entry.Mode)
        {
            tree.Files.SetMode(full, ModeFor(to.Mode, entry.Mode));
        }

        return false;
    }

    public static void WriteBody(IPatchFile file, int from, ReadOnlySpan<byte> bytes)
    {
        for (var offset = from; offset < bytes.Length; offset += WriteBytes)
        {
            file.Write(offset, bytes.Slice(offset, Math.Min(WriteBytes, bytes.Length - offset)));
        }
    }

    public static void BeginFlush(IPatchFile file, bool durable)
    {
        if (durable)
        {
            file.BeginFlush();
        }
    }

    /// <summary>A new file takes the permissions that the system gives new files, with the right to run it when it has that.</summary>
    public static UnixFileMode ModeFor(UnixFileMode wanted, UnixFileMode made)
    {
        const int ReadBits = 0b100_100_100;
        return (wanted & ~UnixFileMode.UserExecute) != 0 ? wanted
            : wanted == UnixFileMode.UserExecute ? made | (UnixFileMode)(((int)made & ReadBits) >> 2)
            : made;
    }

    /// <summary>Without cutting the file first: links, owner and attributes stay, and every moment in between is a mix of both contents.</summary>
    private void InPlace(string path, FileImage from, FileStamp stamp, FileImage to)
    {
        using var file = tree.Files.OpenFile(tree.FullPath(path));

        // Who wants to write from now on waits; who wrote before is found out.
        file.TryHold();
        if (!proof.Holds(file, from, stamp))
        {
            throw new ChangedMeanwhileException(path);
        }

        if (from.Bytes.Span.SequenceEqual(to.Bytes.Span))
        {
            return;
        }

        Write(file, from, to);
        if (!FileProof.IsSame(tree.Entry(path).Identity, file.Entry.Identity))
        {
            // Another file took the name in the last moment. Ours lives on under another name, or nowhere: it gets its content back.
            Write(file, to, from);
            throw new ChangedMeanwhileException(path);
        }

        BeginFlush(file, settings.Durable);
    }

    private static void Write(IPatchFile file, FileImage from, FileImage to)
    {
        WriteBody(file, from.Bytes.Span.CommonPrefixLength(to.Bytes.Span), to.Bytes.Span);
        if (from.Bytes.Length > to.Bytes.Length)
        {
            file.SetLength(to.Bytes.Length);
        }
    }

    private bool Exchange(string path, string aside, FileImage from, FileStamp stamp, FileImage to)
    {
        var (full, other) = (tree.FullPath(path), tree.FullPath(aside));
        FileIdentity made;
        UnixFileMode mode;
        bool canHold;
        using (var twin = tree.Files.CreateTwin(full, other))
        {
            if (twin is null)
            {
                return false;
            }

            // Nobody else has it: what says no here says no always.
            canHold = twin.TryHold();
            WriteBody(twin, 0, to.Bytes.Span);
            if (settings.Durable)
            {
                twin.Flush();
            }

            (made, mode) = (twin.Entry.Identity, twin.Entry.Mode);
        }

        if (to.Mode != mode)
        {
            tree.Files.SetMode(other, ModeFor(to.Mode, mode));
        }

        if (!proof.Holds(path, from, stamp))
        {
            tree.Files.DeleteFile(other);
            throw new ChangedMeanwhileException(path);
        }

        if (!tree.Files.TryExchange(full, other))
        {
            tree.Files.DeleteFile(other);
            return false;
        }

        if (IsStill(aside, from, new FileStamp(stamp.Identity), canHold))
        {
            tree.Files.DeleteFile(other);
            return true;
        }

        if (tree.Files.TryExchange(full, other) && FileProof.IsSame(tree.Entry(aside).Identity, made))
        {
            tree.Files.DeleteFile(other);
        }

        throw new ChangedMeanwhileException(path);
    }

    /// <summary>Whether a displaced file is what was read. A new name may count as a change: only the bytes tell, once nobody is writing them.</summary>
    private bool IsStill(string aside, FileImage from, FileStamp stamp, bool canHold)
    {
        if (!canHold)
        {
            return proof.Holds(aside, from, stamp);
        }

        using var displaced = tree.Files.OpenFile(tree.FullPath(aside));
        SpinWait.SpinUntil(displaced.TryHold, Patience);
        return proof.Holds(displaced, from, stamp);
    }
}
