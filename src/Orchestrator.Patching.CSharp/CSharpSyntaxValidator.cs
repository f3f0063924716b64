using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Orchestrator.Patching;

/// <summary>Refuses to turn C# that can be parsed into C# that cannot, and new files that cannot be parsed. Files that could not be parsed before are not looked at.</summary>
/// <remarks>
/// Thread-safe. Only the syntax is checked, in the newest version of the language: nothing is resolved, bound or run. Code in branches of <c>#if</c> that are not taken is not parsed; no symbol is
/// defined. Files of more than 100,000 brackets and operators are not looked at.
/// </remarks>
public sealed class CSharpSyntaxValidator : IPatchValidator
{
    private const int MaxReported = 5;

    /// <summary>Bytes of stack for one level, about twice what the parser takes at the most; they cost nothing until they are used.</summary>
    private const int StackPerLevel = 4096;

    private const int SpareStack = 2 << 20;
    private const int MaxLevels = 100_000;

    private static readonly CSharpParseOptions Regular = new(LanguageVersion.Preview, DocumentationMode.None);
    private static readonly CSharpParseOptions Script = new(LanguageVersion.Preview, DocumentationMode.None, SourceCodeKind.Script);

    /// <inheritdoc/>
    /// <value><c>csharp</c>.</value>
    public string Name => "csharp";

    /// <inheritdoc/>
    public IEnumerable<PatchConflict> Validate(PatchValidationContext file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        var extension = Path.GetExtension(file.Path);
        var isScript = extension.Equals(".csx", StringComparison.OrdinalIgnoreCase);
        if (file.IsSymbolicLink || file.After is not { } after || file.Before == file.After || !(isScript || extension.Equals(".cs", StringComparison.OrdinalIgnoreCase)))
        {
            return [];
        }

        if (NestingProbe.IsTooDeep(after.Bytes.Span))
        {
            return file.Before is { } deep && NestingProbe.IsTooDeep(deep.Bytes.Span)
                ? []
                : [new PatchConflict { Code = PatchConflictCode.TooComplex, Path = file.Path, Message = "The file would be nested so deeply that it is not parsed. Split what is nested." }];
        }

        // What cannot be read within the stack is left to the compiler of the build.
        if (NestingProbe.MostLevels(after.Bytes.Span) > MaxLevels || (file.Before is { } large && NestingProbe.MostLevels(large.Bytes.Span) > MaxLevels))
        {
            return [];
        }

        var options = isScript ? Script : Regular;
        var errors = Errors(after, options, cancellationToken);
        if (errors.Count == 0 || (file.Before is { } before && !NestingProbe.IsTooDeep(before.Bytes.Span) && Errors(before, options, cancellationToken).Count > 0))
        {
            return [];
        }

        return errors.Take(MaxReported).Select(error =>
        {
            var line = error.Location.GetLineSpan().StartLinePosition.Line + 1;
            return new PatchConflict
            {
                Code = PatchConflictCode.SyntaxError,
                Path = file.Path,
                Line = line,
                Message = $"The file would not be C# that can be parsed: line {line}, {error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}.",
            };
        });
    }

    /// <summary>Parses where the stack is sure to suffice: on a thread of its own when the code may be nested deeply.</summary>
    private static List<Diagnostic> Errors(PatchContent content, CSharpParseOptions options, CancellationToken cancellationToken)
    {
        var levels = NestingProbe.MostLevels(content.Bytes.Span);
        if (levels <= NestingProbe.SafeLevels)
        {
            return Parse(content, options, cancellationToken);
        }

        List<Diagnostic> errors = [];
        ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    errors = Parse(content, options, cancellationToken);
                }
                catch (Exception error)
                {
                    // Thrown again for the caller: an exception that leaves a thread ends the process.
                    thrown = ExceptionDispatchInfo.Capture(error);
                }
            },
            SpareStack + (levels * StackPerLevel));
        thread.Start();
        thread.Join();
        thrown?.Throw();
        return errors;
    }

    private static List<Diagnostic> Parse(PatchContent content, CSharpParseOptions options, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content.Bytes.ToArray(), writable: false);
        var text = SourceText.From(stream, Encoding.UTF8, throwIfBinaryDetected: false);
        var tree = CSharpSyntaxTree.ParseText(text, options, cancellationToken: cancellationToken);
        return [.. tree.GetDiagnostics(cancellationToken).Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];
    }
}
