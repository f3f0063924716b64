using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Tests;

/// <summary>A store that a test watches, or lets fail, by the names of its methods.</summary>
[SuppressMessage("Performance", "CA1852:Seal internal types", Justification = "What stands for the store is derived from it at run time.")]
internal class StoreProxy : DispatchProxy
{
    private ITaskStore? _inner;
    private Action<string>? _calling;
    private bool _overlaps;

    public static void Watch(IServiceCollection services, Action<string> calling, bool overlaps = false)
    {
        var inner = services.Last(service => service.ServiceType == typeof(ITaskStore)).ImplementationFactory!;
        services.AddSingleton(provider =>
        {
            var store = Create<ITaskStore, StoreProxy>();
            var proxy = (StoreProxy)(object)store;
            (proxy._inner, proxy._calling, proxy._overlaps) = ((ITaskStore)inner(provider), calling, overlaps);
            return store;
        });
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _calling!(targetMethod!.Name);
        return targetMethod.Name == $"get_{nameof(ITaskStore.OverlapsExchanges)}" ? _overlaps : targetMethod.Invoke(_inner, args);
    }
}
