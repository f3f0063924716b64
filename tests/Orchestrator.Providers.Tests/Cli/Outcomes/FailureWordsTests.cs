namespace Orchestrator.Providers.Cli.Outcomes;

public sealed class FailureWordsTests
{
    [Theory]
    [InlineData("unexpected status 403 Forbidden: Forbidden., url: http://x", FailureClass.Authentication, null)]
    [InlineData("Missing environment variable: `CODEX_API_KEY`.", FailureClass.Authentication, null)]
    [InlineData("Failed to authenticate. API Error: 401 Incorrect API key provided: sk-fake.", FailureClass.Authentication, null)]
    [InlineData("[API Error: {\"error\":{\"code\":401,\"message\":\"Incorrect API key provided\",\"status\":\"UNAUTHENTICATED\"}}]", FailureClass.Authentication, null)]
    [InlineData("[API Error: {\"error\":{\"code\":400,\"message\":\"API key not valid. Please pass a valid API key.\"}}]", FailureClass.Authentication, null)]
    [InlineData("Authentication failed with provider at http://127.0.0.1:18080/v1 (HTTP 401).", FailureClass.Authentication, null)]
    [InlineData("Rate limit reached. Please try again in 1.5s.", FailureClass.RateLimited, 1500)]
    [InlineData("exceeded retry limit, last status: 429 Too Many Requests, retry after 2 minutes", FailureClass.RateLimited, 120_000)]
    [InlineData("API Error: Request rejected (429) · Rate limit reached.", FailureClass.RateLimited, null)]
    [InlineData("[API Error: Rate limit reached.]\nPlease wait and try again later. To increase your limits, request a quota increase through AI Studio", FailureClass.RateLimited, null)]
    [InlineData("You exceeded your current quota, please check your plan. Please retry in 33.6s.", FailureClass.RateLimited, 33_600)]
    [InlineData("Failed to get response from the AI model; retried 5 times (total retry wait time: 10.87 seconds) Last error: 429 Rate limit reached.", FailureClass.RateLimited, null)]
    [InlineData("Quota exceeded. Check your plan and billing details.", FailureClass.Quota, null)]
    [InlineData("You've hit your usage limit. Try again in 3 days.", FailureClass.Quota, 259_200_000)]
    [InlineData("Your credit balance is too low to access the API.", FailureClass.Quota, null)]
    [InlineData("unexpected status 404 Not Found: The model `x` does not exist", FailureClass.ModelNotFound, null)]
    [InlineData("unexpected status 404 Not Found: no such page", FailureClass.BadRequest, null)]
    [InlineData("unexpected status 400 Bad Request: no", FailureClass.BadRequest, null)]
    [InlineData("unexpected status 503 Service Unavailable", FailureClass.ProviderError, null)]
    [InlineData("We’re currently experiencing high demand, which may cause temporary errors.", FailureClass.ProviderError, null)]
    [InlineData("API Error: 529 Overloaded", FailureClass.ProviderError, null)]
    [InlineData("[API Error: Incomplete JSON segment at the end]", FailureClass.ProviderError, null)]
    [InlineData("Connection failed: error sending request", FailureClass.Unavailable, null)]
    [InlineData("TypeError: fetch failed: getaddrinfo ENOTFOUND api.example", FailureClass.Unavailable, null)]
    [InlineData("prompt is too long: 300000 tokens > 200000 maximum", FailureClass.ContextTooLong, null)]
    [InlineData("The provider rejected the prompt as too long, but automatic recovery could not reduce it.", FailureClass.ContextTooLong, null)]
    [InlineData("Reached max session turns for this session.", FailureClass.TurnLimit, null)]
    [InlineData("Reached maximum number of turns (3)", FailureClass.TurnLimit, null)]
    [InlineData("Reached maximum budget ($0.02)", FailureClass.Budget, null)]
    [InlineData("This request was flagged: content_policy_violation", FailureClass.ContentPolicy, null)]
    public void Words_of_failure_have_a_class(string words, FailureClass expected, int? retryAfterMilliseconds) =>
        Assert.Equal((expected, retryAfterMilliseconds), (FailureWords.ClassOf(words, null), (int?)FailureWords.RetryAfterIn(words)?.TotalMilliseconds));

    [Theory]
    [InlineData("I read 404 lines about models")]
    [InlineData("listening on port 5001")]
    [InlineData("")]
    public void Numbers_that_are_no_status_mean_nothing(string words) => Assert.Null(FailureWords.ClassOf(words, null));

    [Fact]
    public void The_status_that_was_told_comes_before_one_in_the_words() =>
        Assert.Equal(FailureClass.ProviderError, FailureWords.ClassOf("status: 401", 500));

    [Fact]
    public void A_wait_has_an_end() => Assert.Equal(TimeSpan.FromDays(30), FailureWords.RetryAfterIn("retry after " + new string('9', 400) + " days"));
}
