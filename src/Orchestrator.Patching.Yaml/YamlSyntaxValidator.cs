using System.Text;
using YamlDotNet.Core;

namespace Orchestrator.Patching;

/// <summary>Refuses to turn YAML that can be parsed into YAML that cannot, and new files that cannot be parsed. Files that could not be parsed before are not looked at.</summary>
/// <remarks>
/// Thread-safe. Only the form is checked: nothing is made of the content, and aliases are not followed. Templates that only look like YAML (<c>{{ … }}</c>, but not <c>${{ … }}</c>) are left
/// alone, and so are files of more than 4 MiB.
/// </remarks>
public sealed class YamlSyntaxValidator : IPatchValidator
{
    private const int MaxBytes = 4 << 20;

    /// <inheritdoc/>
    /// <value><c>yaml</c>.</value>
    public string Name => "yaml";

    /// <inheritdoc/>
    public IEnumerable<PatchConflict> Validate(PatchValidationContext file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        var extension = Path.GetExtension(file.Path);
        if (file.IsSymbolicLink || file.After is not { } after || file.Before == file.After
            || !(extension.Equals(".yml", StringComparison.OrdinalIgnoreCase) || extension.Equals(".yaml", StringComparison.OrdinalIgnoreCase)))
        {
            return [];
        }

        if (YamlNesting.IsTooDeep(after.Bytes.Span))
        {
            return file.Before is { } deep && YamlNesting.IsTooDeep(deep.Bytes.Span)
                ? []
                : [new PatchConflict { Code = PatchConflictCode.TooComplex, Path = file.Path, Message = "The file would be nested so deeply that it is not parsed. Split what is nested." }];
        }

        if (after.Length > MaxBytes || Error(after, cancellationToken) is not { } error || IsTemplate(after.Bytes.Span) || (file.Before is { } before && !YamlNesting.IsTooDeep(before.Bytes.Span) && Error(before, cancellationToken) is not null))
        {
            return [];
        }

        var (line, column) = ((int)error.Start.Line, error.Start.Column);
        return
        [
            new PatchConflict
            {
                Code = PatchConflictCode.SyntaxError,
                Path = file.Path,
                Line = line > 0 ? line : null,
                Message = $"The file would not be YAML that can be parsed: line {line}, column {column}: {error.Message}",
            },
        ];
    }

    private static YamlException? Error(PatchContent content, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content.Bytes.ToArray(), writable: false);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var parser = new Parser(reader);
        var depth = 0;
        try
        {
            // Deeper than the probe can see, behind brackets in comments and strings, the parser takes time by the square of the depth as well.
            while (depth <= YamlNesting.MaxDepth && parser.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                depth += parser.Current?.NestingIncrease ?? 0;
            }

            return depth <= YamlNesting.MaxDepth ? null : new YamlException(parser.Current!.Start, parser.Current.End, "What stands here is nested too deeply.");
        }
        catch (YamlException error)
        {
            return error;
        }
    }

    private static bool IsTemplate(ReadOnlySpan<byte> text)
    {
        for (var at = 0; text[at..].IndexOf("{{"u8) is var next and >= 0; at += 2)
        {
            at += next;
            if (at == 0 || text[at - 1] != '$')
            {
                return true;
            }
        }

        return text.IndexOf("{%"u8) >= 0;
    }
}
