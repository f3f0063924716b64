using Orchestrator.Providers;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Snapshots;

/// <summary>What must match exactly, as bits: enabled, task types, kinds of source. Values that this version does not know have no bit, so nothing matches them.</summary>
internal static class CandidateTraits
{
    public const uint Enabled = 1;
    public const uint TaskTypes = 0xFF00;
    public const uint Sources = 0xFF0000;

    /// <summary>A bit that no candidate has.</summary>
    private const uint Unmatched = 1u << 31;

    public static uint Of(ProviderDescriptor descriptor, bool isEnabled)
    {
        var traits = isEnabled ? Enabled : 0;
        foreach (var type in descriptor.TaskTypes)
        {
            traits |= Of(type) & TaskTypes;
        }

        foreach (var source in descriptor.Sources)
        {
            traits |= Of(source) & Sources;
        }

        return traits;
    }

    public static uint Of(AgentTaskType type) => type is > AgentTaskType.Unknown and <= AgentTaskType.Optimize ? 1u << (8 + (int)type) : Unmatched;

    public static uint Of(SourceKind source) => source is > SourceKind.Unknown and <= SourceKind.NewBuild ? 1u << (16 + (int)source) : Unmatched;
}
