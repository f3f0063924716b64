using System.Globalization;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>How a refused patch is told in reports and in the audit trail.</summary>
internal static class PatchRejections
{
    public static AgentTaskReport Add(AgentTaskReport report, ValueList<PatchConflict> conflicts)
    {
        var first = conflicts.Count > 0 ? $"{conflicts[0].Path}: {conflicts[0].Message}" : "no reason was given";
        var more = conflicts.Count > 1 ? $" And {conflicts.Count - 1} more." : "";
        return report with
        {
            Status = AgentTaskStatus.PatchRejected,
            Files = [],
            Conflicts = conflicts,
            Failure = new AgentFailure { Class = FailureClass.PatchRejected, Message = $"The changes do not fit, and nothing was written. {first}{more}" },
        };
    }

    public static ValueMap Data(PatchApplication application) => new([
        new("outcome", application.Outcome.ToName()),
        new("files", application.Files.Count.ToString(CultureInfo.InvariantCulture)),
        .. application.Files.Take(100).Select(file => KeyValuePair.Create("file:" + file.Path, $"{file.Operation.ToName()} {file.BeforeHash ?? "-"} {file.AfterHash ?? "-"}")),
    ]);
}
