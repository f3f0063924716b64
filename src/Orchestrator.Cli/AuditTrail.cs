using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Auditing;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli;

/// <summary>Finds the audit entries of a task.</summary>
internal static class AuditTrail
{
    public static async Task<AuditReference?> FindAsync(CliHost host, string taskId, CancellationToken cancellationToken)
    {
        var log = host.Services.GetRequiredService<IOperationLog>();
        long count = 0, first = 0, last = 0;
        await foreach (var entry in log.ReadAsync(new OperationQuery { TaskId = taskId }, cancellationToken))
        {
            first = count++ == 0 ? entry.Sequence : first;
            last = entry.Sequence;
        }

        return count == 0 ? null : new AuditReference(host.Database, count, first, last, $"orchestrator audit list --task {taskId}");
    }
}
