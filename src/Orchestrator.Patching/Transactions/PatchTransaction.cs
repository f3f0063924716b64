using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>Applies, takes back and recovers in one root, under its lock.</summary>
internal sealed class PatchTransaction(TreeReader tree, JournalStore journals, PatchOptions options, TimeProvider time, ILogger logger)
{
    private bool Durable => options.Durability == PatchDurability.Full;

    /// <summary>Applies a patch set.</summary>
    /// <param name="request">The patch set.</param>
    /// <param name="planner">Plans it, once everything interrupted is settled.</param>
    /// <param name="cancellationToken">Takes back and gives up.</param>
    public PatchApplication Apply(PatchRequest request, Func<TreePlan> planner, CancellationToken cancellationToken)
    {
        Recover(cancellationToken);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(OrchestratorJson.Write(request.Patch, OrchestratorJsonContext.Default.PatchSet))));
        if (journals.Find(request.Id) is { } known && known.Report is { } report && report.Outcome != PatchOutcome.Rejected)
        {
            return known.PatchDigest == digest ? report : Rejected(request.Id, PatchConflictCode.OperationRefused, "The id was used for another patch. Choose a new one.");
        }

        TreePlan plan;
        try
        {
            plan = planner();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Rejected(request.Id, PatchConflictCode.IoError, $"A file could not be read ({error.GetType().Name}); nothing was written.");
        }

        var result = new PatchApplication { Id = request.Id, Outcome = plan.Outcome, Files = plan.Files, Conflicts = plan.Conflicts };
        if (plan.Outcome != PatchOutcome.Applied)
        {
            if (plan.Conflicts.Count > 0)
            {
                Log.Rejected(logger, request.Id, plan.Conflicts.Count, plan.Conflicts[0].Code);
            }

            return result;
        }

        return Commit(plan, result, digest, cancellationToken);
    }

    public PatchApplication Revert(string id, CancellationToken cancellationToken)
    {
        Recover(cancellationToken);
        if (journals.Find(id) is not { } journal || journal.State == JournalState.RolledBack)
        {
            return new PatchApplication { Id = id, Outcome = PatchOutcome.NotFound };
        }

        if (journal.State == JournalState.Reverted)
        {
            return journal.Report!;
        }

        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var restore = new TreeRestore(tree, journals, Durable);
            var selected = restore.Select(journal);
            journals.Append(journal, JournalRecordKind.Reverting, Outcome(journal, restore.Conflicts, PatchOutcome.Reverted), selected);
            restore.Run(journal, selected);
            var report = Outcome(journal, restore.Conflicts, PatchOutcome.Reverted);
            journals.Append(journal, JournalRecordKind.Reverted, report);
            Log.Reverted(logger, id, report.Conflicts.Count);
            return report;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unfinished(id, error);
        }
    }

    /// <summary>Settles whatever was interrupted.</summary>
    /// <returns>Every application that the journals know.</returns>
    public List<PatchApplication> Recover(CancellationToken cancellationToken)
    {
        var result = new List<PatchApplication>();
        foreach (var journal in journals.All())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (Settle(journal) is { } report)
                {
                    result.Add(report);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw Unfinished(journal.Id, error);
            }
        }

        return result;
    }

    private PatchApplication? Settle(JournalDocument journal)
    {
        switch (journal.State)
        {
            case JournalState.Incomplete:
                journals.Remove(journal);
                return null;
            case JournalState.Damaged:
                journals.PutAside(journal);
                return !Identifiers.IsName(journal.Id) ? null : new PatchApplication
                {
                    Id = journal.Id,
                    Outcome = PatchOutcome.Conflicted,
                    Conflicts = [new PatchConflict { Code = PatchConflictCode.RecoveryConflict, Message = "The journal is damaged and was put aside; compare the tree with the patch." }],
                };
            case JournalState.Prepared:
                return Finish(journal, JournalRecordKind.RolledBack, PatchOutcome.Rejected);
            case JournalState.Reverting:
                return Finish(journal, JournalRecordKind.Reverted, PatchOutcome.Reverted);
            default:
                return journal.Report;
        }
    }

    private PatchApplication Finish(JournalDocument journal, JournalRecordKind end, PatchOutcome outcome)
    {
        var restore = new TreeRestore(tree, journals, Durable);
        restore.Run(journal, journal.Selected);
        var earlier = journal.State == JournalState.Reverting ? journal.Report!.Conflicts : [];
        var report = Outcome(journal, [.. earlier, .. restore.Conflicts], outcome);
        journals.Append(journal, end, report);
        Log.Recovered(logger, journal.Id, report.Outcome, report.Conflicts.Count);
        return report;
    }

    private PatchApplication Commit(TreePlan plan, PatchApplication result, string digest, CancellationToken cancellationToken)
    {
        var journal = new JournalDocument
        {
            File = journals.FileOf(result.Id),
            Id = result.Id,
            PatchDigest = digest,
            CreatedAt = time.GetUtcNow().UtcTicks,
            Report = result,
        };
        journal.Changes.AddRange(plan.Changes);
        journal.NewDirectories.AddRange(plan.NewDirectories);
        journal.EmptiedDirectories.AddRange(plan.EmptiedDirectories);
        var commit = new TreeCommit(tree, Durable);
        try
        {
            journals.Prepare(journal);
            commit.Run(journal, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            journals.Append(journal, JournalRecordKind.Committed, result);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var conflict = new PatchConflict
            {
                Code = error is ChangedMeanwhileException ? PatchConflictCode.ChangedMeanwhile : PatchConflictCode.IoError,
                Path = (error as ChangedMeanwhileException)?.ChangedPath,
                Message = error is ChangedMeanwhileException
                    ? "The file changed between check and write; everything was taken back."
                    : $"The system refused a read or write ({error.GetType().Name}); everything was taken back.",
            };
            return RollBack(journal, commit, conflict, error.GetType().Name);
        }
        catch (OperationCanceledException)
        {
            RollBack(journal, commit, null, "cancelled");
            throw;
        }

        journals.Prune(options.KeepApplications);
        Log.Applied(logger, result.Id, result.Files.Count);
        return result;
    }

    private PatchApplication RollBack(JournalDocument journal, TreeCommit commit, PatchConflict? cause, string reason)
    {
        try
        {
            if (journal.State != JournalState.Prepared)
            {
                if (tree.Files.GetEntry(journal.File).Kind != EntryKind.Missing)
                {
                    journals.Remove(journal);
                }

                return new PatchApplication { Id = journal.Id, Outcome = PatchOutcome.Rejected, Conflicts = cause is null ? [] : [cause] };
            }

            var restore = new TreeRestore(tree, journals, Durable);
            restore.Run(journal, commit.Begun);
            var outcome = restore.Conflicts.Count > 0 ? PatchOutcome.Conflicted : PatchOutcome.Rejected;
            var report = new PatchApplication
            {
                Id = journal.Id,
                Outcome = outcome,
                Conflicts = [.. cause is null ? (IEnumerable<PatchConflict>)[] : [cause], .. restore.Conflicts],
            };
            Close(journal, report);
            Log.RolledBack(logger, journal.Id, reason);
            return report;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unfinished(journal.Id, error);
        }
    }

    /// <summary>The tree is as it was. A journal that cannot be told so must go, or it would claim a commit that was taken back.</summary>
    private void Close(JournalDocument journal, PatchApplication report)
    {
        try
        {
            journals.Append(journal, JournalRecordKind.RolledBack, report);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            journals.Remove(journal);
        }
    }

    private static PatchApplication Outcome(JournalDocument journal, IReadOnlyList<PatchConflict> conflicts, PatchOutcome outcome) => new()
    {
        Id = journal.Id,
        Outcome = conflicts.Count > 0 ? PatchOutcome.Conflicted : outcome,
        Files = outcome == PatchOutcome.Rejected ? [] : journal.Report!.Files,
        Conflicts = conflicts.Distinct().ToValueList(),
    };

    private static PatchingException Unfinished(string id, Exception error) => new(
        PatchingException.RecoveryFailed, $"Patch '{id}' could not be taken back completely; RecoverAsync finishes it.", isTransient: true, error);

    private PatchApplication Rejected(string id, PatchConflictCode code, string message)
    {
        Log.Rejected(logger, id, 1, code);
        return new PatchApplication { Id = id, Outcome = PatchOutcome.Rejected, Conflicts = [new PatchConflict { Code = code, Message = message }] };
    }
}
