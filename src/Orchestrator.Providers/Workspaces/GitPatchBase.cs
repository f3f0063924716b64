using System.Text;
using Orchestrator.Patching;

namespace Orchestrator.Providers.Workspaces;

/// <summary>The files of a commit, as far as a patch set speaks of them, read beforehand.</summary>
internal sealed class GitPatchBase : IPatchBase
{
    /// <summary>Shorter ids are not looked up: too many objects may begin like them.</summary>
    private const int MinBlobDigits = 7;

    private readonly Dictionary<string, PatchContent> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PatchContent> _blobs = new(StringComparer.OrdinalIgnoreCase);

    private GitPatchBase(string name) => Name = name;

    public string Name { get; }

    public PatchContent? ReadFile(string path) => _files.TryGetValue(path, out var content) ? content : null;

    public PatchContent? ReadBlob(string blob) => _blobs.TryGetValue(blob, out var content) ? content : null;

    /// <summary>Reads everything with one call of git.</summary>
    public static async ValueTask<GitPatchBase> ReadAsync(GitCommand git, string root, string commit, PatchSet patch, CancellationToken cancellationToken)
    {
        var read = new GitPatchBase(commit);
        var prefix = await git.RunAsync(new GitCall(root, "rev-parse", "--show-prefix"), cancellationToken).ConfigureAwait(false);

        // A name with a line end cannot be asked for, and no patch may name one.
        var paths = patch.Files.SelectMany(static file => new[] { file.OldPath, file.Path }).OfType<string>()
            .Where(static path => !path.AsSpan().ContainsAny('\n', '\r', '\0')).Distinct(StringComparer.Ordinal).ToList();
        var blobs = patch.Files.Select(static file => file.BaseBlob).OfType<string>()
            .Where(static blob => blob.Length >= MinBlobDigits && blob.All(char.IsAsciiHexDigit) && blob.AsSpan().ContainsAnyExcept('0'))
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var names = paths.Select(path => $"{commit}:{prefix.Text}{path}").Concat(blobs);
        var output = await git.RunAsync(
            new GitCall(root, "cat-file", "--batch") { Input = Encoding.UTF8.GetBytes(string.Join('\n', names) + "\n") }, cancellationToken).ConfigureAwait(false);
        var rest = output.Bytes.AsMemory();
        foreach (var path in paths)
        {
            Take(ref rest, path, read._files);
        }

        foreach (var blob in blobs)
        {
            Take(ref rest, blob, read._blobs);
        }

        return read;
    }

    // "<id> <type> <size>", the object and a line end; or the name and "missing" or "ambiguous".
    private static void Take(ref Memory<byte> rest, string name, Dictionary<string, PatchContent> into)
    {
        var end = rest.Span.IndexOf((byte)'\n');
        if (end < 0)
        {
            return;
        }

        var words = Encoding.UTF8.GetString(rest.Span[..end]).Split(' ');
        rest = rest[(end + 1)..];
        if (words.Length < 3 || !int.TryParse(words[^1], out var size) || words[^2] is not ("blob" or "tree" or "commit" or "tag"))
        {
            return;
        }

        if (words[^2] == "blob")
        {
            into[name] = new PatchContent(rest[..size]);
        }

        rest = rest[(size + 1)..];
    }
}
