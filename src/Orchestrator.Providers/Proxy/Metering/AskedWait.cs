using System.Net;

namespace Orchestrator.Providers.Proxy.Metering;

/// <summary>How long a model's server asks its callers to wait.</summary>
internal static class AskedWait
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>What stands in <c>Retry-After</c> of an answer with 429 or 503, in seconds or as a date: at most a day.</summary>
    /// <returns>The time; <see langword="null"/> for another answer, one that tells none or one that cannot be understood, and a date that has passed.</returns>
    public static TimeSpan? Of(HttpResponseMessage response, DateTimeOffset now)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) || response.Headers.RetryAfter is not { } told)
        {
            return null;
        }

        var wait = told.Delta ?? told.Date - now;
        return wait > Longest ? Longest : wait > TimeSpan.Zero ? wait : null;
    }
}
