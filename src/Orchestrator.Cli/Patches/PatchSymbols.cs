using System.CommandLine;
using Orchestrator.Json;
using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary>The arguments and options that the patch commands share.</summary>
internal sealed class PatchSymbols
{
    private const string StandardInput = "-";
    private const string DefaultTask = "patch";

    public Argument<string> File { get; } = new("file") { Description = "The patch; - reads standard input.", HelpName = "FILE|-" };

    public Option<string> Root { get; } = new("--root") { Description = "The directory that the patch's paths are relative to.", HelpName = "DIR", DefaultValueFactory = static _ => "." };

    public Option<string> Format { get; } = new("--format")
    {
        Description = $"The form of the patch: {string.Join(", ", Names)}.",
        HelpName = "NAME",
        DefaultValueFactory = static _ => "auto",
    };

    public Option<string?> Base { get; } = new("--base") { Description = "The git revision that the patch was made against: what changed since is merged.", HelpName = "REV" };

    public Option<string?> Policy { get; } = new("--policy") { Description = "A JSON file with the settings of the patch engine: limits, protectedPaths, maxTier and the like.", HelpName = "FILE" };

    private static IEnumerable<string> Names => Enum.GetValues<PatchFormat>().Select(static format => format.ToName());

    /// <summary>The form that a name means.</summary>
    /// <exception cref="ArgumentException">There is no such form.</exception>
    public static PatchFormat FormatOf(string name) =>
        Enum.GetValues<PatchFormat>().Where(format => string.Equals(format.ToName(), name.Replace('-', '_'), StringComparison.OrdinalIgnoreCase)).Cast<PatchFormat?>().FirstOrDefault()
            ?? throw new ArgumentException($"'{name}' is no form of patches. Use one of {string.Join(", ", Names)}.");

    public string RootOf(ParseResult parsed)
    {
        var root = Path.GetFullPath(parsed.GetValue(Root) ?? ".");
        return Directory.Exists(root) ? root : throw new ArgumentException($"The root '{root}' is no directory.");
    }

    /// <summary>Reads the patch's bytes, up to what the settings allow.</summary>
    public async Task<byte[]> ReadAsync(ParseResult parsed, PatchOptions options, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(File);
        try
        {
            await using var stream = name == StandardInput ? Console.OpenStandardInput() : new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var memory = new MemoryStream();
            var buffer = new byte[1 << 16];
            int count;

            // One byte more than is allowed is enough for the engine to refuse it.
            while (memory.Length <= options.MaxPatchBytes && (count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                memory.Write(buffer, 0, count);
            }

            return memory.ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"The patch '{name}' cannot be read: {error.Message}", error);
        }
    }

    public PatchOptions Options(ParseResult parsed) => parsed.GetValue(Policy) is { } file ? PatchPolicyFile.Read(file) : new PatchOptions();

    /// <summary>Reads the patch; what cannot be read is told as a refusal.</summary>
    public PatchParseResult Parse(ParseResult parsed, PatchManager manager, byte[] bytes) => manager.Parse(bytes, DefaultTask, FormatOf(parsed.GetValue(Format)!));
}
