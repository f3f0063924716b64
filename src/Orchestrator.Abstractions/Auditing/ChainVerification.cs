using System.Text.Json.Serialization;

namespace Orchestrator.Auditing;

/// <summary>What a check of the operation log found.</summary>
/// <param name="IsIntact">Whether every entry is as it was written, in its place.</param>
/// <param name="Entries">How many entries were checked.</param>
/// <param name="FirstBadSequence">The first place where the chain is broken.</param>
/// <param name="Message">What is wrong there.</param>
[method: JsonConstructor]
public readonly record struct ChainVerification(bool IsIntact, long Entries, long? FirstBadSequence = null, string? Message = null);
