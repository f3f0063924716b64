namespace Orchestrator.Routing.Chat;

/// <summary>The recorder that the container made for its routed chat client; null when nothing is recorded. Lives as long as the container.</summary>
internal sealed record ChatRecorder(RoutingRecorder? Recorder) : IAsyncDisposable, IDisposable
{
    public ValueTask DisposeAsync() => Recorder?.DisposeAsync() ?? ValueTask.CompletedTask;

    public void Dispose() => Recorder?.Dispose();
}
