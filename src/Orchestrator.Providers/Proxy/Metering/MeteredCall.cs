using Orchestrator.Providers.Proxy.Wire;

namespace Orchestrator.Providers.Proxy.Metering;

/// <summary>A request that the meter let through: tells it once what its answer used.</summary>
internal sealed class MeteredCall(UsageMeter meter, AnswerUsage usage, RequestBody body, bool generates)
{
    private bool _isSettled;

    /// <summary>What its answer uses.</summary>
    public AnswerUsage Usage => usage;

    /// <summary>An answer's headers came.</summary>
    public void Begin(HttpResponseMessage response, DateTimeOffset now)
    {
        usage.Begin(response);
        if (generates)
        {
            meter.Note(AskedWait.Of(response, now));
        }
    }

    /// <summary>Counts the answer as far as it came. What comes later does not count.</summary>
    public void Settle()
    {
        if (_isSettled)
        {
            return;
        }

        _isSettled = true;
        var (told, guessed) = generates ? usage.Sum(body.BytesRead, body.IsRead) : (new TokenUsage(), new TokenUsage());
        meter.Leave(told, guessed);
    }
}
