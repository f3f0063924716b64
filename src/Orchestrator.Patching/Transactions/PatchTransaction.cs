using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>Applies, takes back and recovers in one root, under its lock.</summary>
internal sealed class PatchTransaction(TreeReader tree, JournalStore journals, PatchOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly TransactionSettings _settings = TransactionSettings.Of(options);

    /// <summary>Applies a patch set.</summary>
    /// <param name="request">The patch set.</param>
    /// <param name="planner">Plans it, once everything interrupted is settled.</param>
    /// <param name="cancellationToken">Takes back and gives up.</param>
    public PatchApplication Apply(PatchRequest request, Func<TreePlan> planner, CancellationToken cancellationToken)
    {
        Recover(Read(journals.Unsettled), cancellationToken);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(OrchestratorJson.Write(request.Patch, OrchestratorJsonContext.Default.PatchSet))));
        if (Read(() => journals.Find(request.Id)) is { } known && known.Report is { } report && report.Outcome != PatchOutcome.Rejected)
        {
            return known.PatchDigest == digest ? report : Rejected(request.Id, PatchConflictCode.OperationRefused, "The id was used for another patch. Choose a new one.");
        }

        TreePlan plan;
        var started = time.GetUtcNow();
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

        return Commit(plan, new JournalDraft(result, digest, started, request.Progress), cancellationToken);
    }

    public PatchApplication Revert(string id, CancellationToken cancellationToken)
    {
        Recover(Read(journals.Unsettled), cancellationToken);
        if (Read(() => journals.Find(id)) is not { } journal || journal.State == JournalState.RolledBack)
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
            var restore = new TreeRestore(tree, journals, _settings, journal);
            var selected = restore.Select();
            journals.Reopen(journal);
            journals.Append(journal, JournalRecordKind.Reverting, Outcome(journal, restore.Conflicts, PatchOutcome.Reverted), selected);
            restore.Run(selected);
            var report = Outcome(journal, restore.Conflicts, PatchOutcome.Reverted);
            journals.Append(journal, JournalRecordKind.Reverted, report);
            journals.Close(journal);
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
    public List<PatchApplication> Recover(CancellationToken cancellationToken) => Recover(Read(journals.All), cancellationToken);

    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PatchingException(
                PatchingException.JournalUnusable,
                $"The journals in '{journals.Directory}' cannot be read. A journal is a plain file that its owner may read; move away what is none.",
                isTransient: true,
                error);
        }
    }

    private List<PatchApplication> Recover(List<JournalDocument> known, CancellationToken cancellationToken)
    {
        var result = new List<PatchApplication>();
        foreach (var journal in known)
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
                journals.Close(journal);
                return journal.Report;
        }
    }

    private PatchApplication Finish(JournalDocument journal, JournalRecordKind end, PatchOutcome outcome)
    {
        var restore = new TreeRestore(tree, journals, _settings, journal);
        restore.Run(journal.Selected);
        var earlier = journal.State == JournalState.Reverting ? journal.Report!.Conflicts : [];
        var report = Outcome(journal, [.. earlier, .. restore.Conflicts], outcome);
        journals.Append(journal, end, report);
        journals.Close(journal);
        Log.Recovered(logger, journal.Id, report.Outcome, report.Conflicts.Count);
        return report;
    }

    private PatchApplication Commit(TreePlan plan, JournalDraft draft, CancellationToken cancellationToken)
    {
        var journal = draft.Open(plan, journals, time.GetUtcNow());
        var commit = new TreeCommit(tree, _settings, new FileProof(tree, draft.SettledBefore(Settled)));
        try
        {
            var journalling = new StageProgress(draft.Progress, PatchStage.Journalling, plan.Changes.Count);
            journals.Prepare(journal);
            journalling.End();
            commit.Run(journal, new StageProgress(draft.Progress, PatchStage.Writing, plan.Changes.Count), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            journals.Append(journal, JournalRecordKind.Committed, draft.Report);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return RollBack(journal, commit, Cause(error), error.GetType().Name, draft.Progress);
        }
        catch (Exception error)
        {
            // Cancelled, or a fault in what the caller gave us: the tree is put back before anybody hears of it.
            RollBack(journal, commit, null, error is OperationCanceledException ? "cancelled" : error.GetType().Name, draft.Progress);
            throw;
        }

        Tidy(journal);
        Log.Applied(logger, draft.Report.Id, draft.Report.Files.Count);
        return draft.Report;
    }

    /// <summary>It is applied, whatever fails here: the next application tidies up.</summary>
    private void Tidy(JournalDocument journal)
    {
        try
        {
            journals.Close(journal);
            journals.Prune(options.KeepApplications);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.JournalKept(logger, Path.GetFileName(journal.File), error.GetType().Name);
        }
    }

    private static PatchConflict Cause(Exception error) => new()
    {
        Code = error is ChangedMeanwhileException ? PatchConflictCode.ChangedMeanwhile : PatchConflictCode.IoError,
        Path = (error as ChangedMeanwhileException)?.ChangedPath,
        Message = error is ChangedMeanwhileException
            ? "The file changed between check and write; everything was taken back."
            : $"The system refused a read or write ({error.GetType().Name}); everything was taken back.",
    };

    private PatchApplication RollBack(JournalDocument journal, TreeCommit commit, PatchConflict? cause, string reason, IProgress<PatchProgress>? progress)
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

            journals.CutTail(journal);
            var restore = new TreeRestore(tree, journals, _settings, journal);
            restore.Run(commit.Begun, new StageProgress(progress, PatchStage.RollingBack, commit.Begun.Count));
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
            journals.Close(journal);
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
