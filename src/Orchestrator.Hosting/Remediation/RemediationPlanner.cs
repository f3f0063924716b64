using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Queue;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>Enqueues the task that repairs one whose result was refused, with everything its agent needs to know.</summary>
internal sealed class RemediationPlanner(ITaskQueue queue, IOptions<OrchestratorOptions> options)
{
    private const string DepthLabel = "remediation";
    private const string StemLabel = "remediation-of";
    private const int MaxOutputLength = 16 * 1024;

    public async ValueTask EnqueueAsync(AgentTaskRun run, CancellationToken cancellationToken)
    {
        var depth = int.TryParse(run.Task.Labels.GetValueOrDefault(DepthLabel), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value + 1 : 1;
        if (run.Report.Status is not (AgentTaskStatus.VerificationFailed or AgentTaskStatus.PatchRejected) || depth > options.Value.MaxRemediations)
        {
            return;
        }

        var task = Repair(run, depth);
        var result = await queue.EnqueueAsync(
            new TaskSubmission
            {
                Id = task.Id,
                Type = AgentTaskClient.TaskType,
                Payload = OrchestratorJson.Write(task, OrchestratorJsonContext.Default.AgentTask),
                Priority = task.Priority,
                Deadline = task.Deadline,
            },
            cancellationToken).ConfigureAwait(false);

        run.Report = run.Report with { RemediationTaskId = task.Id };
        if (result.Status == EnqueueStatus.Enqueued)
        {
            await run.RecordAsync(
                AgentTaskStep.Remediation, OperationNames.TaskRemediation, OperationOutcome.Succeeded, $"Enqueued {task.Id} to repair this task.", cancellationToken,
                new ValueMap([new("remediation_task_id", task.Id)])).ConfigureAwait(false);
        }
    }

    // The id follows from the failed task's, so that a crash between the enqueue and its audit entry does not make two of them.
    private static AgentTask Repair(AgentTaskRun run, int depth)
    {
        var failed = run.Task;
        var suffix = "-r" + depth.ToString(CultureInfo.InvariantCulture);
        var stem = failed.Labels.GetValueOrDefault(StemLabel, failed.Id);
        var id = stem.Length + suffix.Length <= Identifiers.MaxLength ? stem + suffix : Digest.Of(stem) + suffix;
        return failed with
        {
            Id = id,
            Instructions = Instructions(failed, run.Report),
            RemediatesTaskId = failed.Id,
            Labels = failed.Labels.With(DepthLabel, depth.ToString(CultureInfo.InvariantCulture)).With(StemLabel, stem),
        };
    }

    private static string Instructions(AgentTask failed, AgentTaskReport report)
    {
        var text = new StringBuilder();
        text.AppendLine("An earlier attempt at the task below was not kept, and the tree is as it was before it. Do the task so that it is.");
        if (report.Verification is { Passed: false } verification)
        {
            var end = verification.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"ended with exit code {code}")
                : verification.CouldNotStart ? "could not be started" : "was stopped at its time limit";
            var fence = FenceFor(verification.Output);
            text.AppendLine(CultureInfo.InvariantCulture, $"The attempt failed verification: `{verification.Command}` {end}. The end of its output:");
            text.AppendLine(fence).AppendLine(Tail(verification.Output)).AppendLine(fence);
        }

        // As much as an agent reads; the rest comes back when the first are mended.
        text.AppendLine(Head(PatchConflictText.Format(report.Conflicts)));

        text.AppendLine().AppendLine("The task:");
        var remaining = AgentTask.MaxInstructionsLength - text.Length;
        return text.Append(failed.Instructions.AsSpan(0, Whole(failed.Instructions, Math.Min(failed.Instructions.Length, remaining)))).ToString();
    }

    /// <summary>A fence that the text does not close by itself.</summary>
    private static string FenceFor(string text)
    {
        var fence = "```";
        while (text.Contains(fence, StringComparison.Ordinal))
        {
            fence += "`";
        }

        return fence;
    }

    private static string Head(string text) => text.Length <= MaxOutputLength ? text : text[..Whole(text, MaxOutputLength)] + "…";

    private static string Tail(string output) => output.Length <= MaxOutputLength ? output : output[Whole(output, output.Length - MaxOutputLength)..];

    /// <summary>No cut goes through a character of two halves.</summary>
    private static int Whole(string text, int cut) => cut > 0 && cut < text.Length && char.IsSurrogatePair(text[cut - 1], text[cut]) ? cut - 1 : cut;
}
