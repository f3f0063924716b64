using System.Collections;

namespace Orchestrator.Providers.Processes;

/// <summary>Builds the environment of a process from an allow-list, so that the host's secrets do not reach processes that do not need them.</summary>
public static class ProcessEnvironment
{
    /// <summary>The variable that marks every process of an execution.</summary>
    public const string ExecutionMarker = "ORCHESTRATOR_EXECUTION";

    private static readonly HashSet<string> Names = new(
        [
            "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TERM", "COLORTERM", "NO_COLOR", "CI",
            "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO",
            "NO_PROXY", "JAVA_HOME", "GOPATH", "GOROOT", "CARGO_HOME", "RUSTUP_HOME", "NUGET_PACKAGES", "SOURCE_DATE_EPOCH",
            "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
            "PROGRAMFILES", "PROGRAMFILES(X86)", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "TMPDIR", "TEMP", "TMP",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Prefixes = ["LC_", "DOTNET_", "XDG_"];

    private static readonly string[] SecretWords = ["KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIAL"];

    private static readonly string[] ProxyNames = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

    /// <summary>
    /// The allowed part of this process' environment: search path, home, language, time zone, terminal, certificates, proxies without a password, and the
    /// settings of tool chains.
    /// </summary>
    /// <returns>A new dictionary that the caller may add to.</returns>
    /// <remarks>A variable whose name speaks of a key, token, secret or password is left out whatever its prefix.</remarks>
    public static Dictionary<string, string> Inherit()
    {
        var environment = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (entry is { Key: string name, Value: string value } && IsAllowed(name, value))
            {
                environment[name] = value;
            }
        }

        return environment;
    }

    internal static bool IsAllowed(string name, string value)
    {
        if (ProxyNames.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return !value.Contains('@', StringComparison.Ordinal);
        }

        return (Names.Contains(name) || Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal))) && !SpeaksOfSecrets(name);
    }

    private static bool SpeaksOfSecrets(string name) =>
        SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
