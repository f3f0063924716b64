namespace Orchestrator.Providers.Proxy;

/// <summary>Why a request is answered by the proxy itself.</summary>
/// <param name="Status">The status of the answer.</param>
/// <param name="Kind">What went wrong, in one word of the vendors' kind.</param>
/// <param name="Message">What went wrong, for people. It never holds anything of the request.</param>
/// <param name="MustClose">Whether nothing more can be read from the connection.</param>
internal sealed record Refusal(int Status, string Kind, string Message, bool MustClose = false)
{
    public static readonly Refusal WrongKey = new(401, "authentication_error", "This address takes only the key of the run that it was opened for.");

    public static readonly Refusal WrongPath = new(404, "not_found_error", "Only the model's own endpoints can be reached through this address.");

    public static readonly Refusal WrongMethod = new(405, "invalid_request_error", "This endpoint does not take that method.");

    public static readonly Refusal WrongHost = new(400, "invalid_request_error", "The Host header names another address.");

    public static readonly Refusal TooLarge = new(413, "request_too_large", "The request is larger than 64 MiB.", MustClose: true);

    public static readonly Refusal TooSlow = new(408, "invalid_request_error", "Nothing more of the request's body came for two minutes.", MustClose: true);

    public static readonly Refusal Redirected = new(502, "api_error", "The model's server sends its callers to another address, which is not followed. Configure that address.");

    public static readonly Refusal Encoded = new(502, "api_error", "The model's server compressed its answer although it was asked not to.");

    public static Refusal Malformed(string message) => new(400, "invalid_request_error", message, MustClose: true);

    public static Refusal BudgetSpent(decimal? budget) =>
        new(402, "billing_error", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The budget of this execution is spent: {budget} US dollars. Do not try again."));

    public static Refusal Unreachable(HttpRequestError error) => new(502, "api_error", $"The model's server could not be reached ({error}).");
}
