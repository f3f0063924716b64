namespace Orchestrator.Patching;

/// <summary>What is known of an application before its journal is written.</summary>
/// <param name="Report">What will be reported.</param>
/// <param name="Digest">The digest of the patch set.</param>
/// <param name="Started">When the first file was read, or before.</param>
/// <param name="Progress">Hears how far it is.</param>
internal sealed record JournalDraft(PatchApplication Report, string Digest, DateTimeOffset Started, IProgress<PatchProgress>? Progress)
{
    private const int NanosecondsPerTick = 100;

    /// <summary>A moment before which every change bore another time than any change after the first file was read, in nanoseconds since 1970.</summary>
    public long SettledBefore(TimeSpan grain) => (Started - DateTimeOffset.UnixEpoch - grain).Ticks * NanosecondsPerTick;

    public JournalDocument Open(TreePlan plan, JournalStore journals, DateTimeOffset now)
    {
        var journal = new JournalDocument { File = journals.FileOf(Report.Id), Id = Report.Id, PatchDigest = Digest, CreatedAt = now.UtcTicks, Report = Report };
        journal.Changes.AddRange(plan.Changes);
        journal.NewDirectories.AddRange(plan.NewDirectories);
        journal.EmptiedDirectories.AddRange(plan.EmptiedDirectories);
        return journal;
    }
}
