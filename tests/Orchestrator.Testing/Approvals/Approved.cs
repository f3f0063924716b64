using System.Runtime.CompilerServices;

using Xunit;

namespace Orchestrator.Testing;

/// <summary>Compares text with a file that a person approved by committing it.</summary>
public static class Approved
{
    private const string UpdateVariable = "UPDATE_APPROVED";

    /// <summary>
    /// Fails with a short line diff unless <paramref name="actual"/> equals the approved file; with <c>UPDATE_APPROVED=1</c> it writes the file instead.
    /// </summary>
    /// <param name="actual">The text to compare. Line ends are compared as line feeds, and a line feed at the end does not matter.</param>
    /// <param name="path">The approved file: absolute, or relative to the folder of the calling source file.</param>
    /// <param name="callerFilePath">Filled in by the compiler.</param>
    public static void Match(string actual, string path, [CallerFilePath] string callerFilePath = "")
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentException.ThrowIfNullOrEmpty(path);

        var file = Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(callerFilePath)) ?? RepositoryRoot.Path);
        var text = Normalize(actual);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return;
        }

        var approved = File.Exists(file) ? Normalize(File.ReadAllText(file)) : null;
        if (approved != text)
        {
            var what = approved is null ? "does not exist" : "differs ('-' approved, '+' actual)";
            Assert.Fail($"{file} {what}; accept with {UpdateVariable}=1:\n{LineDiff.Describe(approved ?? string.Empty, text)}");
        }
    }

    private static string Normalize(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
}
