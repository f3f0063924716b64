using System.Security.Cryptography;
using System.Text;
using Orchestrator.Providers.Proxy.Wire;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Proxy;

/// <summary>The two keys of a proxy: the one that the agent knows and the one that it must not know.</summary>
internal sealed class ProxyKeys
{
    private const string Bearer = "Bearer ";
    private const string RandomCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int GeminiLength = 35;
    private const int RandomLength = 48;

    private readonly ModelProtocol _protocol;
    private readonly byte[] _dummy;

    public ProxyKeys(ModelProtocol protocol, SecretValue real)
    {
        ArgumentNullException.ThrowIfNull(real);
        var key = real.Reveal().Trim();
        if (key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException("The key holds characters that no HTTP header can carry.", nameof(real));
        }

        _protocol = protocol;
        Real = new SecretValue(key);
        Dummy = new SecretValue(protocol switch
        {
            ModelProtocol.Anthropic => "sk-ant-api03-" + RandomNumberGenerator.GetString(RandomCharacters, RandomLength),
            ModelProtocol.Gemini => "AIza" + RandomNumberGenerator.GetString(RandomCharacters, GeminiLength),
            _ => "sk-proj-" + RandomNumberGenerator.GetString(RandomCharacters, RandomLength),
        });
        _dummy = Encoding.ASCII.GetBytes(Dummy.Reveal());
    }

    public SecretValue Dummy { get; }

    public SecretValue Real { get; }

    /// <summary>Where the request shows the run's key, so that the real one can be put in the same place; nothing when it does not.</summary>
    public KeyPlace Find(RequestHead head, RequestTarget target)
    {
        var found = KeyPlace.None;
        foreach (var (name, value) in head.Headers)
        {
            var place = PlaceOf(name);
            if (place == KeyPlace.None)
            {
                continue;
            }

            var shown = place == KeyPlace.Bearer ? AfterBearer(value) : value;
            found = IsDummy(shown) && (found == KeyPlace.None || place != KeyPlace.Bearer) ? place : found;
        }

        return found == KeyPlace.None && target.Key is { } key && IsDummy(key) ? KeyPlace.GoogleHeader : found;
    }

    /// <summary>Puts the real key into a request for the model's server: as the protocol wants it, and for Anthropic's, where both are used, as the agent did.</summary>
    public void PutInto(HttpRequestMessage message, KeyPlace shown)
    {
        var (name, value) = _protocol switch
        {
            ModelProtocol.Gemini => ("x-goog-api-key", Real.Reveal()),
            ModelProtocol.Anthropic when shown != KeyPlace.Bearer => ("x-api-key", Real.Reveal()),
            _ => ("Authorization", Bearer + Real.Reveal()),
        };
        message.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>Which place for a key a header is.</summary>
    public static KeyPlace PlaceOf(string header) => header.ToUpperInvariant() switch
    {
        "AUTHORIZATION" => KeyPlace.Bearer,
        "X-API-KEY" => KeyPlace.ApiKeyHeader,
        "X-GOOG-API-KEY" => KeyPlace.GoogleHeader,
        _ => KeyPlace.None,
    };

    private static string AfterBearer(string value) => value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? value[Bearer.Length..].Trim() : "";

    private bool IsDummy(string shown) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), _dummy);
}
