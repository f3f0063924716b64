using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Proxy;

/// <summary>Opens proxies as a run does, and keeps what they log.</summary>
internal sealed class ProxyHost
{
    public const string RealKey = "sk-marked-real-key-4711";

    private readonly CredentialProxies _proxies;

    public ProxyHost(TimeProvider? time = null) => _proxies = new CredentialProxies(time ?? TimeProvider.System, Logger);

    public RecordingLogger<CredentialProxies> Logger { get; } = new();

    public async Task<CredentialProxy> OpenAsync(
        Uri upstream, ModelProtocol protocol = ModelProtocol.OpenAi, decimal? budget = null, Func<TokenUsage, decimal?>? costOf = null, string key = RealKey) =>
        await _proxies.OpenAsync(
            new CredentialProxyRequest
            {
                ExecutionId = "exec-1",
                Protocol = protocol,
                Upstream = upstream,
                Key = new SecretValue(key),
                BudgetUsd = budget,
                CostOf = costOf ?? (static _ => null),
            },
            TestContext.Current.CancellationToken);

    /// <summary>A request as a CLI sends it, with the run's own key.</summary>
    public static string Post(CredentialProxy proxy, string body, string path = "/v1/responses", string headers = "") =>
        $"POST {path} HTTP/1.1\r\nHost: {Host(proxy)}\r\nAuthorization: Bearer {proxy.Key.Reveal()}\r\nContent-Type: application/json\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}";

    public static string Host(CredentialProxy proxy) => new Uri(proxy.BaseUrl).Authority;
}
