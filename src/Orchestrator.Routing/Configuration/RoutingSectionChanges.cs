using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Orchestrator.Routing.Configuration;

/// <summary>Says when a configuration changed that routing options are read from.</summary>
internal sealed class RoutingSectionChanges(string name, IConfiguration section) : IOptionsChangeTokenSource<ProviderRoutingOptions>
{
    public string? Name => name;

    public IChangeToken GetChangeToken() => section.GetReloadToken();
}
