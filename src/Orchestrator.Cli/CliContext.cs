using Orchestrator.Cli.Output;

namespace Orchestrator.Cli;

/// <summary>What every command is given beside its own options.</summary>
internal sealed record CliContext(ICliOutput Output, string? ConfigurationFile, string? StateDirectory, TimeProvider Time);
