namespace Orchestrator.Providers.Proxy.Wire;

/// <summary>What a client sends is not to be read further. Never leaves the proxy.</summary>
internal sealed class RefusedException(Refusal refusal) : IOException(refusal.Message)
{
    public Refusal Refusal => refusal;
}
