using Orchestrator.Testing;

namespace Orchestrator.Providers.Chat;

/// <summary>One scripted model server for all tests of a class.</summary>
public sealed class ModelServer : IAsyncLifetime
{
    private FakeModels? _models;

    public FakeModels Models => _models!;

    public async ValueTask InitializeAsync() => _models = await FakeModels.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _models?.DisposeAsync() ?? ValueTask.CompletedTask;
}
