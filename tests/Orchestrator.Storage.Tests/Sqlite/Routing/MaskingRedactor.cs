using System.Diagnostics.CodeAnalysis;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Tests.Sqlite.Routing;

/// <summary>Knows one secret.</summary>
internal sealed class MaskingRedactor(string secret) : ISecretRedactor
{
    public void Add(SecretValue value) => throw new NotSupportedException();

    [return: NotNullIfNotNull(nameof(text))]
    public string? Redact(string? text) => text?.Replace(secret, "***", StringComparison.Ordinal);
}
