using System.Runtime.Versioning;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Commands.Doctor;

/// <summary><c>orchestrator doctor</c> looks for keys in every place and under every name, and tells versions and what holds agents back.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DoctorCommandTests : IDisposable
{
    private const string Key = "marked-doctor-key-0815";

    private readonly TemporaryDirectory _directory = new();
    private CommandRunner? _runner;

    public void Dispose()
    {
        _runner?.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_key_in_a_secrets_file_under_the_name_that_its_vendor_uses_is_found()
    {
        var file = SecretsFile($"GOOGLE_API_KEY={Key}\nGATEWAY_KEY={Key}\n");
        Configure($$"""{ "secrets": { "file": "{{file}}" }, "providers": { "gateway": { "kind": "gemini", "executable": "/bin/true", "baseUrl": "http://gateway.invalid", "apiKeySecret": "GATEWAY_KEY" } } }""");

        var (checks, lines) = await ChecksAsync(ExitCodes.Success);

        Assert.Equal($"set as GOOGLE_API_KEY in {file} (its value is never shown)", Found(checks, "GEMINI_API_KEY"));
        Assert.Equal($"set in {file} (its value is never shown)", Found(checks, "GATEWAY_KEY"));
        Assert.Equal(file, Found(checks, "secrets file"));
        Assert.DoesNotContain(Key, lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secrets_file_that_others_can_read_is_refused_with_the_command_that_mends_it()
    {
        var file = SecretsFile($"CODEX_API_KEY={Key}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Configure($$"""{ "secrets": { "file": "{{file}}" }, "providers": { "codex": { "executable": "/bin/true" } } }""");

        var (checks, _) = await ChecksAsync(ExitCodes.Failed);
        var provider = Assert.Single(await _runner!.JsonAsync(ExitCodes.Failed, "providers", "check", "codex")).GetProperty("provider").GetProperty("health").GetProperty("message").GetString();

        Assert.Contains($"chmod 600 '{file}'", Found(checks, "secrets file"), StringComparison.Ordinal);
        Assert.Contains($"chmod 600 '{file}'", Found(checks, "CODEX_API_KEY"), StringComparison.Ordinal);
        Assert.Contains($"chmod 600 '{file}'", provider, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secrets_file_and_directory_that_are_not_there_are_told()
    {
        Configure($$"""{ "secrets": { "file": "{{_directory.Combine("none.env")}}", "directory": "{{_directory.Combine("none")}}" } }""");

        var (checks, _) = await ChecksAsync(ExitCodes.Success);

        Assert.EndsWith("does not exist", Found(checks, "secrets file"), StringComparison.Ordinal);
        Assert.EndsWith("does not exist", Found(checks, "secrets directory"), StringComparison.Ordinal);
        Assert.Contains("nor OPENAI_API_KEY", Found(checks, "CODEX_API_KEY"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_is_told_with_its_path_version_and_whether_its_key_is_there()
    {
        var program = _directory.Write("codex", "#!/bin/sh\necho codex-cli 0.169.0\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        Configure($$"""{ "secrets": { "file": "{{SecretsFile($"CODEX_API_KEY={Key}\n")}}" }, "providers": { "codex": { "executable": "{{program}}" } } }""");

        var (checks, _) = await ChecksAsync(ExitCodes.Success);
        var words = await _runner!.WordsAsync(ExitCodes.Success, "doctor");

        var details = checks["provider codex"].GetProperty("details");
        Assert.Equal((program, "codex-cli 0.169.0", "present"), (Text(details, "path"), Text(details, "version"), Text(details, "authentication")));
        Assert.Equal(("0.169.0", "inside"), (Text(details, "tested"), Text(details, "version_is")));
        Assert.False(details.TryGetProperty("containment", out _));
        Assert.Contains($"authentication present; path {program}; tested 0.169.0; version codex-cli 0.169.0; version_is inside", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_machine_holds_agents_back_with_is_told()
    {
        Configure("{}");

        var (checks, _) = await ChecksAsync(ExitCodes.Success);

        Assert.All(["confinement", "containment", "cgroup v2", "docker"], name => Assert.NotEmpty(Found(checks, name)));
        Assert.All(["confinement", "containment", "cgroup v2", "docker"], name => Assert.False(checks[name].GetProperty("required").GetBoolean()));
    }

    private static string Found(IReadOnlyDictionary<string, JsonElement> checks, string name) => Text(checks[name], "found");

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private string SecretsFile(string text)
    {
        var file = _directory.Write("secrets.env", text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private void Configure(string json) => _runner = new CommandRunner { Config = _directory.Write("config.json", json) };

    private async Task<(IReadOnlyDictionary<string, JsonElement> Checks, string Lines)> ChecksAsync(int exitCode)
    {
        var lines = await _runner!.JsonAsync(exitCode, "doctor");
        return (lines.Select(line => line.GetProperty("check")).ToDictionary(check => check.GetProperty("name").GetString()!), string.Join('\n', lines.Select(line => line.GetRawText())));
    }
}
