using System.Text.Json;
using Orchestrator.Json;

namespace Orchestrator.Hosting;

/// <summary>The right to change one caller's tree, until disposed or until the process dies.</summary>
/// <remarks>What is being done stands in a file of its own, which outlives a holder that died: the next one finds it as <see cref="Pending"/>.</remarks>
internal sealed class TreeHold(FileStream lockFile, string recordFile) : IDisposable
{
    /// <summary>What was begun in the tree and neither finished nor taken back; <see langword="null"/> for nothing.</summary>
    public TreeRecord? Pending { get; private set; } = Read(recordFile);

    /// <summary>Writes down what is about to be done, whole or not at all.</summary>
    public void Begin(TreeRecord record)
    {
        var partial = recordFile + ".partial";
        using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(OrchestratorJson.Write(record, CheckpointJsonContext.Default.TreeRecord)));
            stream.Flush(flushToDisk: true);
        }

        File.Move(partial, recordFile, overwrite: true);
        Pending = record;
    }

    /// <summary>The tree is in order: all of it is done, or all of it was taken back.</summary>
    public void End()
    {
        File.Delete(recordFile);
        Pending = null;
    }

    public void Dispose() => lockFile.Dispose();

    private static TreeRecord? Read(string file)
    {
        try
        {
            return OrchestratorJson.Read(File.ReadAllText(file), CheckpointJsonContext.Default.TreeRecord);
        }
        catch (Exception error) when (error is FileNotFoundException or JsonException)
        {
            // None, or one of another version, whose words we do not know.
            return null;
        }
    }
}
