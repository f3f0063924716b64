namespace Orchestrator.Patching;

/// <summary>A name in one of the two lines before the hunks.</summary>
/// <param name="Line">The number of its line in the patch.</param>
/// <param name="Text">The name as it stands there.</param>
/// <param name="IsNone">Whether it says that there is no file on this side.</param>
/// <param name="IsTimed">Whether the time of the file follows, as programs write it.</param>
internal readonly record struct DiffName(int Line, string Text, bool IsNone, bool IsTimed)
{
    /// <summary>What stands for a side without a file.</summary>
    public const string NoFile = "/dev/null";

    /// <summary>The name that can be looked at; <see langword="null"/> for <see cref="NoFile"/>.</summary>
    public string? Named => Text == NoFile ? null : Text;
}
