namespace Orchestrator.Secrets;

/// <summary>Takes known secrets out of text before it reaches a log, an event, a database row or an exception.</summary>
/// <remarks>Thread-safe. A seam so that the stores can redact at their own door without knowing where secrets come from.</remarks>
public interface ISecretRedactor
{
    /// <summary>Replaces every known secret in text, also in its Base64 and URL-encoded forms.</summary>
    /// <param name="text">Text from outside; may be null.</param>
    /// <returns>The text with <c>***</c> in the place of secrets; the same instance when there are none.</returns>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    string? Redact(string? text);

    /// <summary>Makes a secret known from now on.</summary>
    /// <param name="secret">The secret.</param>
    void Add(SecretValue secret);
}
