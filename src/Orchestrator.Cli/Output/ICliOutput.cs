namespace Orchestrator.Cli.Output;

/// <summary>Where a command's output goes: words for people or lines of JSON for programs.</summary>
internal interface ICliOutput
{
    /// <summary>Shows something that happened, or one element of a list.</summary>
    void Write(CliLine line);

    /// <summary>Shows what went wrong and what to do about it.</summary>
    void Error(string message, IReadOnlyList<string>? details = null);

    /// <summary>Shows something that changes: on a terminal each line takes the place of the one before.</summary>
    /// <param name="work">Does the work; is given what shows a line.</param>
    Task LiveAsync(Func<Action<CliLine>, Task> work) => work(Write);
}
