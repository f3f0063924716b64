namespace Orchestrator.Providers.Proxy.Metering;

/// <summary>Finds out what one answer of the model used, while it passes by.</summary>
internal sealed class AnswerUsage(ModelProtocol protocol)
{
    private const int BytesAToken = 4;
    private const int EventBytesAToken = 64; // A streamed token comes in an event of its own.

    private readonly UsageScanner _scanner = new();
    private bool _hasBegun;
    private bool _isCounted;
    private bool _isStream;
    private bool _isWhole;
    private long _bytes;

    /// <summary>An answer's headers came.</summary>
    public void Begin(HttpResponseMessage response)
    {
        _hasBegun = true;
        _isCounted = response.IsSuccessStatusCode;
        _isStream = string.Equals(response.Content.Headers.ContentType?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase);
        _scanner.Begin(_isStream);
    }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (_isCounted)
        {
            _bytes += bytes.Length;
            _scanner.Read(bytes);
        }
    }

    /// <summary>The answer ended as it should.</summary>
    public void End() => _isWhole = true;

    /// <summary>What was used: as told, and what has to be guessed beyond that when the answer broke off or told nothing.</summary>
    /// <param name="requestBytes">How long the request's body is, as far as it was read.</param>
    /// <param name="isSent">Whether all of it was sent on: the model reads it then, whether anybody waits for the answer or not.</param>
    public (TokenUsage Told, TokenUsage Guessed) Sum(long requestBytes, bool isSent)
    {
        if (!_hasBegun && isSent)
        {
            return (new TokenUsage(), new TokenUsage { InputTokens = requestBytes / BytesAToken });
        }

        if (!_isCounted)
        {
            return (new TokenUsage(), new TokenUsage());
        }

        var told = UsageForms.Read(protocol, _scanner.Found);
        if ((_isWhole || _scanner.HasFinal) && told is not null)
        {
            return (told, new TokenUsage());
        }

        told ??= new TokenUsage();
        return (told, new TokenUsage
        {
            InputTokens = told.InputTokens > 0 ? 0 : requestBytes / BytesAToken,
            OutputTokens = Math.Max(0, (_bytes / (_isStream ? EventBytesAToken : BytesAToken)) - told.OutputTokens),
        });
    }
}
