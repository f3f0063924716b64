namespace Orchestrator.Providers.Proxy;

/// <summary>Where a request shows its key.</summary>
internal enum KeyPlace
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary><c>Authorization: Bearer</c></summary>
    Bearer,

    /// <summary><c>x-api-key</c></summary>
    ApiKeyHeader,

    /// <summary><c>x-goog-api-key</c>, or <c>?key=</c>, which is never passed on as that.</summary>
    GoogleHeader,
}
