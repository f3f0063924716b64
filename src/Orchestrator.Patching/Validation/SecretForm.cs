using System.Buffers;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>How a kind of token begins and goes on.</summary>
/// <param name="Kind">What it is, in words.</param>
/// <param name="Start">How it begins.</param>
/// <param name="MinRest">How many characters at least follow.</param>
/// <param name="Rest">Which characters follow.</param>
internal sealed record SecretForm(string Kind, byte[] Start, int MinRest, SearchValues<byte> Rest)
{
    private static readonly SearchValues<byte> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8);
    private static readonly SearchValues<byte> Capitals = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8);
    private static readonly SearchValues<byte> Words = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);
    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    /// <summary>Every form that is looked for, besides private keys.</summary>
    public static IReadOnlyList<SecretForm> All { get; } =
    [
        Of("an AWS access key id", "AKIA", 16, Capitals),
        Of("an AWS access key id", "ASIA", 16, Capitals),
        Of("a GitHub token", "ghp_", 36, Letters),
        Of("a GitHub token", "gho_", 36, Letters),
        Of("a GitHub token", "ghu_", 36, Letters),
        Of("a GitHub token", "ghs_", 36, Letters),
        Of("a GitHub token", "ghr_", 36, Letters),
        Of("a GitHub token", "github_pat_", 60, Words),
        Of("a GitLab token", "glpat-", 20, Words),
        Of("a Slack token", "xoxb-", 24, Words),
        Of("a Slack token", "xoxp-", 24, Words),
        Of("an Anthropic key", "sk-ant-", 40, Words),
        Of("an OpenAI key", "sk-proj-", 40, Words),
        Of("a Stripe key", "sk_live_", 24, Letters),
        Of("a Stripe key", "rk_live_", 24, Letters),
        Of("a Google API key", "AIza", 35, Words),
        Of("an npm token", "npm_", 36, Letters),
        Of("a PyPI token", "pypi-AgEIcHlwaS5vcmc", 50, Words),
        Of("a Hugging Face token", "hf_", 34, Letters),
        Of("an Azure storage key", "AccountKey=", 86, Base64),
    ];

    public static SearchValues<byte> KeyText => Base64;

    private static SecretForm Of(string kind, string start, int minRest, SearchValues<byte> rest) => new(kind, Encoding.ASCII.GetBytes(start), minRest, rest);
}
