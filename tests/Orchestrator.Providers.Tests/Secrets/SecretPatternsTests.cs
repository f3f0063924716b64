using System.Diagnostics;

namespace Orchestrator.Secrets;

public sealed class SecretPatternsTests
{
    private static readonly string Forty = string.Concat(Enumerable.Repeat("aB3dE", 8));

    public static TheoryData<string, string> Secrets => new()
    {
        { $"token ghp_{Forty[..36]} here", "a GitHub token" },
        { $"GITHUB=github_pat_{Forty}{Forty[..20]}", "a GitHub token" },
        { $"\"glpat-{Forty[..20]}\"", "a GitLab token" },
        { $"sk-ant-api03-{Forty}", "an Anthropic key" },
        { $"key=sk-proj-{Forty}", "an OpenAI key" },
        { $"key=sk-{Forty}", "an OpenAI key" },
        { $"AIza{Forty[..35]}", "a Google API key" },
        { "AKIAABCDEFGHIJKLMNOP", "an AWS access key id" },
        { $"xoxb-{Forty[..24]}", "a Slack token" },
        { $"//registry/:_authToken=npm_{Forty[..36]}", "a token of a package registry" },
        { "-----BEGIN OPENSSH PRIVATE KEY-----", "a private key" },
        { $"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{Forty}", "a signed token" },
        { "https://user:hunter22@host/path", "a password in an address" },
    };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void What_looks_like_a_secret_is_said_and_not_repeated(string text, string kind) => Assert.Equal(kind, SecretPatterns.Find(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Fix the skeleton: task-proj-ordinary words, sk-learn, ghp_short, and AIzaNot.")]
    [InlineData("See https://example.org:8080/a@b and git@github.com:owner/repository.git, commit 4d7a214614ab2935c943f9e0ff69d22eadbb8f32.")]
    [InlineData("https://user:${PASSWORD}@host and https://$USER@host")]
    [InlineData("-----BEGIN CERTIFICATE-----")]
    [InlineData("CODEX_API_KEY,GITHUB_TOKEN")]
    [InlineData("On the branch sk-learn-based-pipeline-for-the-new-recommendation-service-of-the-shop.")]
    public void Ordinary_words_and_names_of_secrets_are_none(string? text) => Assert.Null(SecretPatterns.Find(text));

    [Fact]
    public void A_megabyte_made_to_be_slow_is_searched_in_no_time()
    {
        var text = string.Concat(Enumerable.Repeat("eyJaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.eyJ a://b:", 20_000));
        var watch = Stopwatch.StartNew();

        Assert.Null(SecretPatterns.Find(text));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
