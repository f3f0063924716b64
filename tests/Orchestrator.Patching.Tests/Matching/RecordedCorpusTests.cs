using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Real changes of real files, given in four formats: each must end in the bytes that the diff ends in.</summary>
public sealed class RecordedCorpusTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PatchFormat.AIPatch)]
    [InlineData(PatchFormat.LspEdit)]
    [InlineData(PatchFormat.ApplyPatch)]
    [InlineData(PatchFormat.SearchReplace)]
    public async Task Every_format_ends_in_the_bytes_of_the_diff(PatchFormat format)
    {
        var manager = new PatchManager();
        var editor = new FileEditor(new PatchOptions());
        var different = new List<string>();
        var tried = 0;
        await foreach (var commit in CommitsAsync())
        {
            var before = Files(commit.GetProperty("files_before"));
            var after = Files(commit.GetProperty("files_after"));
            foreach (var file in commit.GetProperty("formats").EnumerateObject())
            {
                tried++;
                var name = $"{commit.GetProperty("id").GetString()} {file.Name}";
                var parsed = manager.Parse(Patch(file.Name, file.Value, format), "task", format);
                var result = parsed.Patch is { } set ? Apply(editor, set, before[file.Name]) : null;
                var wanted = format is PatchFormat.AIPatch or PatchFormat.LspEdit && Divergences.Cases("corpus").Contains(name) ? [.. "\uFEFF"u8, .. after[file.Name]] : after[file.Name];
                if (result is null || !result.Value.Span.SequenceEqual(wanted))
                {
                    different.Add($"{name}: {parsed.Error?.Message ?? (result is null ? _refusal : Show(result.Value.Span, after[file.Name]))}");
                }
            }
        }

        Assert.Equal(489, tried);
        Assert.True(different.Count == 0, string.Join("\n", different));
    }

    private string _refusal = "";

    private ReadOnlyMemory<byte>? Apply(FileEditor editor, PatchSet set, byte[] before)
    {
        ReadOnlyMemory<byte> current = before;
        foreach (var file in set.Files)
        {
            var result = editor.Apply(file, current);
            if (result.After is not { } after)
            {
                _refusal = PatchConflictText.Format(result.Conflicts);
                return null;
            }

            current = after;
        }

        return current;
    }

    private static string Show(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> wanted)
    {
        var at = actual.CommonPrefixLength(wanted);
        return $"at {at} of {actual.Length}/{wanted.Length}: '{VisibleText.Of(actual[at..])}' for '{VisibleText.Of(wanted[at..])}'";
    }

    private static byte[] Patch(string path, JsonElement formats, PatchFormat format)
    {
        var name = JsonSerializer.Serialize(path);
        return Encoding.UTF8.GetBytes(format switch
        {
            PatchFormat.AIPatch => formats.GetProperty("native_aipatch").GetRawText(),
            PatchFormat.LspEdit => $"{{\"changes\":{{{name}:{formats.GetProperty("lsp").GetRawText()}}}}}",
            PatchFormat.ApplyPatch => formats.GetProperty("codex").GetString()!,
            _ => string.Concat(formats.GetProperty("search_replace").EnumerateArray().Select(static block =>
                $"{block.GetProperty("path").GetString()}\n<<<<<<< SEARCH\n{Ended(block.GetProperty("search"))}=======\n{Ended(block.GetProperty("replace"))}>>>>>>> REPLACE\n\n")),
        });
    }

    private static string Ended(JsonElement text) => text.GetString() is { Length: > 0 } value && !value.EndsWith('\n') ? value + "\n" : text.GetString()!;

    private static Dictionary<string, byte[]> Files(JsonElement files) =>
        files.EnumerateArray().ToDictionary(static file => file.GetProperty("path").GetString()!, FixtureSuite.Bytes, StringComparer.Ordinal);

    private static async IAsyncEnumerable<JsonElement> CommitsAsync()
    {
        await using var file = File.OpenRead(Engines.RequireShared("fixtures", "patch", "corpus-polly.jsonl.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }
}
