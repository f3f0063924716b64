namespace Orchestrator.Routing.Limits;

/// <summary>Which of our own limits keeps an attempt out.</summary>
internal enum ReachedLimit
{
    None = 0,
    Concurrent,
    RequestsPerDay,
    RequestsPerMinute,
    TokensPerMinute,
}
