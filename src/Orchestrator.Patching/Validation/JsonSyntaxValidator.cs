using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>Refuses to break JSON. What the file before does not keep, its change need not keep either.</summary>
internal sealed class JsonSyntaxValidator : IPatchValidator
{
    private const int MaxDepth = 10_000;

    private static readonly string[] Extensions = [".json", ".webmanifest", ".geojson", ".ipynb"];
    private static readonly string[] LineExtensions = [".jsonl", ".ndjson"];
    private static readonly string[] LooseExtensions = [".jsonc", ".code-workspace"];
    private static readonly string[] LooseStarts = ["tsconfig", "jsconfig", "appsettings", "devcontainer", ".eslintrc", ".swcrc", "launchsettings", "global.json", "omnisharp", "biome", "deno"];

    public string Name => PatchValidators.Json;

    public IEnumerable<PatchConflict> Validate(PatchValidationContext file, CancellationToken cancellationToken)
    {
        if (file.IsSymbolicLink || file.After is not { } after || file.Before == file.After)
        {
            return [];
        }

        var extension = Path.GetExtension(file.FileName);
        var isLines = IsOneOf(LineExtensions, extension);
        var isLoose = IsOneOf(LooseExtensions, extension) || LooseStarts.Any(start => file.FileName.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            || file.Path.Contains(".vscode/", StringComparison.OrdinalIgnoreCase);
        if (!isLines && !IsOneOf(Extensions, extension) && !IsOneOf(LooseExtensions, extension))
        {
            return [];
        }

        if (Error(after, isLoose, isLines) is not { } error)
        {
            return [];
        }

        if (file.Before is { } before && Error(before, isLoose, isLines) is not null)
        {
            // Comments that are there already tell that the file's tool takes them.
            if (isLoose || Error(before, isLoose: true, isLines) is not null || (error = Error(after, isLoose: true, isLines)) is null)
            {
                return [];
            }
        }

        var line = (int)(error.LineNumber ?? 0) + 1;
        return [file.Refuse(PatchConflictCode.SyntaxError, $"The file would not be valid JSON: line {line}, byte {(error.BytePositionInLine ?? 0) + 1} is not what must stand there.", line)];
    }

    private static bool IsOneOf(string[] extensions, string extension) => extensions.Contains(extension, StringComparer.OrdinalIgnoreCase);

    private static JsonException? Error(PatchContent content, bool isLoose, bool isLines)
    {
        var bytes = content.Bytes.Span;
        bytes = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

        // An empty file is a placeholder; other encodings are not read.
        if (bytes.Trim(" \t\r\n"u8).IsEmpty || bytes.Contains((byte)0))
        {
            return null;
        }

        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions
        {
            AllowTrailingCommas = isLoose,
            CommentHandling = isLoose ? JsonCommentHandling.Skip : JsonCommentHandling.Disallow,
            AllowMultipleValues = isLines,
            MaxDepth = MaxDepth,
        });
        try
        {
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException error)
        {
            return error;
        }
    }
}
