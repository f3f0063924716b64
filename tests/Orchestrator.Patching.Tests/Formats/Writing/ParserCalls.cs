using System.Text;

namespace Orchestrator.Patching;

/// <summary>Short ways to read patches in tests.</summary>
internal static class ParserCalls
{
    public static PatchSet Read(string text, PatchFormat format = PatchFormat.Auto, PatchOptions? options = null)
    {
        var result = Try(text, format, options);
        Assert.True(result.Error is null, $"{result.Error?.Line}:{result.Error?.Column} {result.Error?.Message}");
        return result.Patch!;
    }

    public static PatchConflict Refuse(string text, PatchFormat format = PatchFormat.Auto, PatchOptions? options = null)
    {
        var result = Try(text, format, options);
        Assert.Null(result.Patch);
        return result.Error!;
    }

    public static void RefuseAt(int line, int column, string words, string text, PatchFormat format)
    {
        var error = Refuse(text, format);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    public static PatchParseResult Try(string text, PatchFormat format = PatchFormat.Auto, PatchOptions? options = null) =>
        new PatchManager(options).Parse(Encoding.UTF8.GetBytes(text), "task", format);
}
