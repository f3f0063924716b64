namespace Orchestrator.Patching;

/// <summary>Tells how far one stage is; from any thread, never backwards.</summary>
internal sealed class StageProgress
{
    private readonly IProgress<PatchProgress>? _progress;
    private readonly PatchStage _stage;
    private readonly int _total;
    private readonly Lock _lock = new();
    private int _done;

    public StageProgress(IProgress<PatchProgress>? progress, PatchStage stage, int total)
    {
        (_progress, _stage, _total) = (progress, stage, total);
        progress?.Report(new PatchProgress(stage, 0, total));
    }

    public void Step() => Step(1);

    public void End() => Step(_total - _done);

    private void Step(int count)
    {
        if (_progress is null || count == 0)
        {
            return;
        }

        lock (_lock)
        {
            _done += count;
            _progress.Report(new PatchProgress(_stage, _done, _total));
        }
    }
}
