namespace Orchestrator.Patching;

/// <summary>Tells how far one stage is; from any thread, never backwards.</summary>
internal sealed class StageProgress
{
    private readonly IProgress<PatchProgress>? _progress;
    private readonly PatchStage _stage;
    private readonly int _total;
    private readonly Lock _lock = new();
    private int _done;
    private bool _isDeaf;

    public StageProgress(IProgress<PatchProgress>? progress, PatchStage stage, int total)
    {
        (_progress, _stage, _total) = (progress, stage, total);
        Tell();
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
            Tell();
        }
    }

    private void Tell()
    {
        try
        {
            if (!_isDeaf)
            {
                _progress?.Report(new PatchProgress(_stage, _done, _total));
            }
        }
        catch (Exception) when (_stage == PatchStage.RollingBack)
        {
            // What is taken back is taken back to its end, whatever the listener says.
            _isDeaf = true;
        }
    }
}
