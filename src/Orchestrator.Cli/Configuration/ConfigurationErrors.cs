namespace Orchestrator.Cli.Configuration;

/// <summary>Everything that is wrong with the configuration, told at once.</summary>
internal sealed class ConfigurationErrorsException(IReadOnlyList<string> errors)
    : OrchestratorException("cli.configuration", "The configuration is wrong:" + Environment.NewLine + string.Join(Environment.NewLine, errors.Select(error => "  - " + error)))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
