using System.Text.RegularExpressions;

namespace Orchestrator.Secrets;

/// <summary>Recognises text that looks like a secret although nobody made it known: keys of known vendors, private keys, tokens and passwords in addresses.</summary>
/// <remarks>A second net only: it knows forms, not values. Thread-safe.</remarks>
public static partial class SecretPatterns
{
    /// <summary>Finds the first thing in a text that looks like a secret.</summary>
    /// <param name="text">Any text; may be null.</param>
    /// <returns>What it looks like, in words such as <c>a GitHub token</c>, never the text itself; <see langword="null"/> when nothing does.</returns>
    public static string? Find(string? text)
    {
        if (string.IsNullOrEmpty(text) || Any().Match(text) is not { Success: true } match)
        {
            return null;
        }

        return match.Groups.Values.Skip(1).First(static group => group.Success).Name switch
        {
            "github" => "a GitHub token",
            "gitlab" => "a GitLab token",
            "anthropic" => "an Anthropic key",
            "openai" => "an OpenAI key",
            "google" => "a Google API key",
            "aws" => "an AWS access key id",
            "slack" => "a Slack token",
            "package" => "a token of a package registry",
            "privatekey" => "a private key",
            "jwt" => "a signed token",
            _ => "a password in an address",
        };
    }

    // Linear in the length of the text whatever it holds; each form begins where no letter or digit stands before it.
    [GeneratedRegex(
        """
        (?:\A|[^A-Za-z0-9])(?:
        (?<github>gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})
        |(?<gitlab>glpat-[A-Za-z0-9_-]{20})
        |(?<anthropic>sk-ant-[A-Za-z0-9_-]{32})
        |(?<openai>sk-[A-Za-z0-9]{40}|sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40})
        |(?<google>AIza[A-Za-z0-9_-]{35})
        |(?<aws>(?:AKIA|ASIA)[A-Z0-9]{16})
        |(?<slack>xox[abprs]-[A-Za-z0-9-]{24})
        |(?<package>npm_[A-Za-z0-9]{36}|pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50}|hf_[A-Za-z0-9]{34})
        |(?<privatekey>-----BEGIN\ [A-Z ]{0,30}PRIVATE\ KEY-----)
        |(?<jwt>eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{20})
        |(?<address>[a-z][a-z0-9+.-]{1,20}://[^\s/:@"'\\]{1,200}:[^\s/:@"'\\{}$]{6,200}@)
        )
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Any();
}
