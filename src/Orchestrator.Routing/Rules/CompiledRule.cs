namespace Orchestrator.Routing.Rules;

/// <summary>A rule, ready for decisions.</summary>
internal sealed record CompiledRule(string Name, CompiledMatch When, CompiledTarget Then)
{
    /// <summary>What an explanation says of a task that it matched.</summary>
    public string Note { get; } = $"rule '{Name}' matched: {Then.Place}; its word is final";
}
