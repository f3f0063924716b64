using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>Runs with marked secrets, then a search of everything that was written or could be seen.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Custom = "custom/secret+marked=9f8e7d6c5b4a3210";
    private const string Codex = "sk-codex-marked-0011223344556677";
    private const string GitHub = "ghp_marked8899aabbccddeeff00112233";
    private static readonly string[] Secrets = [Custom, Codex, GitHub];

    private readonly CliRig _rig = new();
    private readonly GitRepository _repository = SampleRepositories.WithHello();

    public SecretTests()
    {
        _rig.Environment["CUSTOM_SECRET"] = Custom;
        _rig.Environment["CODEX_API_KEY"] = Codex;
        _rig.Environment["GITHUB_TOKEN"] = GitHub;
        var temporary = Directory.CreateDirectory(Path.Combine(_rig.Root, "tmp")).FullName;
        _rig.Environment["TMPDIR"] = temporary;
    }

    [Fact]
    public void The_search_finds_a_secret_that_is_there()
    {
        _repository.Write("plain.bin", $"\0before{Custom}after");
        _repository.Write("encoded.txt", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"Bearer {Codex} and more")));
        _repository.Write("committed.txt", GitHub);
        _repository.Commit("Commit a secret");
        File.Delete(_repository.Combine("committed.txt"));

        using var unpacked = UnpackedObjects();

        Assert.Equal(["encoded.txt", "plain.bin"], SecretSearch.Find(Secrets, _repository.Path).Select(found => Path.GetFileName(found.Split(": ")[0])).Order(StringComparer.Ordinal));
        Assert.Contains(SecretSearch.Find(Secrets, unpacked.Path), found => found.EndsWith(GitHub, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_that_a_provider_prints_in_many_forms_is_written_and_shown_nowhere()
    {
        const string Script = """
            echo "plain $CUSTOM_SECRET"
            echo "err $CUSTOM_SECRET" >&2
            printf '%s' "$CUSTOM_SECRET" | base64
            printf 'a%s' "$CUSTOM_SECRET" | base64
            printf 'Bearer ab%s and more' "$CUSTOM_SECRET" | base64 -w0
            echo more >> hello.txt
            """;

        var result = await RunAsync(Script, "--verify", "grep -q more hello.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("plain ***", result.Output, StringComparison.Ordinal);
        AssertNowhere(result);
    }

    [Fact]
    public async Task A_secret_in_the_last_words_of_a_failing_provider_is_written_and_shown_nowhere()
    {
        var result = await RunAsync("echo \"cannot log in with $CUSTOM_SECRET\" >&2; printf '%s' \"$CUSTOM_SECRET\" | base64 >&2; exit 4", "--verify", "true");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("cannot log in with ***", result.Report.GetProperty("failure").GetProperty("detail").GetString(), StringComparison.Ordinal);
        AssertNowhere(result);
    }

    [Theory]
    [InlineData("printf 'key=%s\\n' \"$CUSTOM_SECRET\" > settings.txt")]
    [InlineData("printf 'key=%s\\n' \"$CUSTOM_SECRET\" | base64 -w0 > settings.txt")]
    [InlineData("printf 'binary\\000%s\\000' \"$CUSTOM_SECRET\" > settings.bin")]
    [InlineData("echo x > \"name-$(printf '%s' \"$CUSTOM_SECRET\" | base64 | tr -d '=/+').txt\"")]
    public async Task A_result_with_a_secret_in_it_is_refused_and_kept_nowhere(string write)
    {
        var before = _repository.Tree();

        var result = await RunAsync($"{write}; echo more >> hello.txt", "--verify", "true");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Equal("patch_rejected", result.FailureClass);
        Assert.Equal("", GitRepository.TreeDifference(before, _repository.Tree()));
        AssertNowhere(result);
    }

    [Fact]
    public async Task A_secret_that_a_verify_command_prints_is_in_no_report_and_no_remediation_task()
    {
        // The verify command gets no secret by itself; here its words hold one, as a test's log may.
        var words = await SecretFileAsync();

        var result = await RunAsync("echo more >> hello.txt", "--verify", $"sh -c \"cat {words}; base64 {words}; exit 1\"");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("login with ***", result.Report.GetProperty("verification").GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.True(result.Report.TryGetProperty("remediation_task_id", out _));
        File.Delete(words);
        AssertNowhere(result);
    }

    [Fact]
    public async Task Neither_a_verify_command_nor_a_provider_gets_secrets_that_are_not_its_own()
    {
        const string Script = "env | sed 's/^/seen by agent: /'; env | grep -c '^CUSTOM_SECRET=' > count.txt; env | grep -cE '^(CODEX_API_KEY|GITHUB_TOKEN)=' >> count.txt; true";

        var result = await RunAsync(Script, "--verify", "sh -c \"! env | grep -E '^(CUSTOM_SECRET|CODEX_API_KEY|GITHUB_TOKEN)='\"");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("1\n0\n", _repository.Read("count.txt"));
        AssertNowhere(result);
    }

    [Fact]
    public async Task No_process_has_a_secret_in_its_arguments_while_an_agent_runs()
    {
        // The agent looks at every process of the machine and counts the arguments that show its secret; grep itself reads the secret from a file.
        const string Script = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\000' ' ' | grep -acF -f .secrets > found.txt; rm .secrets; true";
        const string Prepare = "printf '%s\\n' \"$CUSTOM_SECRET\" > .secrets; ";

        var result = await RunAsync(Prepare + Script, "--verify", "true");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("0\n", _repository.Read("found.txt"));
        AssertNowhere(result);
    }

    [Theory]
    [InlineData("Log in with {0}.", "true")]
    [InlineData("Log in.", "test {0} = x")]
    public async Task A_task_with_a_secret_in_it_is_refused_before_it_is_stored(string task, string verify)
    {
        var config = _rig.ConfigureShell("agent", "echo more >> hello.txt");

        var result = await _rig.RunAsync(
            "run", "--repo", _repository.Path, "--task", string.Format(CultureInfo.InvariantCulture, task, GitHub), "--provider", "agent", "--config", config,
            "--verify", string.Format(CultureInfo.InvariantCulture, verify, GitHub));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("known secret", result.FailureMessage, StringComparison.Ordinal);
        Assert.Equal("", _repository.Status());
        AssertNowhere(result);
    }

    [Fact]
    [Trait("Engine", "Codex")]
    public async Task The_real_Codex_keeps_its_key_to_itself()
    {
        await using var models = await FakeModels.StartAsync(TestContext.Current.CancellationToken);
        var config = _rig.ConfigureProviders(("codex", new JsonObject { ["executable"] = Engines.Require("codex"), ["model"] = "gpt-5", ["baseUrl"] = models.BaseUrl("edit") }));

        var running = _rig.RunAsync(
            "run", "--repo", _repository.Path, "--task", "Edit FILE={workspace}/hello.txt", "--config", config, "--verify", "grep -q CHANGED hello.txt");
        var commandLines = await ProcessTable.CommandLinesUntilAsync(running);
        var result = await running;

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains(commandLines, line => line.Contains("codex", StringComparison.Ordinal) && line.Contains("exec", StringComparison.Ordinal));
        Assert.DoesNotContain(commandLines, line => SecretSearch.In(line, Secrets).Count > 0);
        AssertNowhere(result);
    }

    public void Dispose()
    {
        _repository.Dispose();
        _rig.Dispose();
    }

    private Task<CliResult> RunAsync(string script, params string[] more)
    {
        var config = _rig.ConfigureShell("agent", script, new JsonObject { ["secretNames"] = new JsonArray("CUSTOM_SECRET") });
        return _rig.RunAsync(["run", "--repo", _repository.Path, "--task", "Change something.", "--provider", "agent", "--config", config, .. more]);
    }

    private async Task<string> SecretFileAsync()
    {
        var path = Path.Combine(_rig.Root, "words.txt");
        await File.WriteAllTextAsync(path, $"login with {Custom} failed\n", TestContext.Current.CancellationToken);
        return path;
    }

    private void AssertNowhere(CliResult result)
    {
        Assert.Empty(SecretSearch.In(result.Output + result.Errors, Secrets));
        Assert.Empty(SecretSearch.Find(Secrets, _rig.Root, _repository.Path));
        using var unpacked = UnpackedObjects();
        Assert.Empty(SecretSearch.Find(Secrets, unpacked.Path));
        _rig.AssertNothingLeft();
    }

    /// <summary>A folder with what git packed away: a secret in a compressed object is a secret on the disk.</summary>
    private TemporaryDirectory UnpackedObjects()
    {
        var folder = new TemporaryDirectory();
        var stores = Directory.EnumerateDirectories(_rig.Root, "objects", SearchOption.AllDirectories).Append(_repository.Combine(".git/objects"));
        var number = 0;
        foreach (var file in stores.SelectMany(store => Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories)).Where(file => Path.GetFileName(file).Length == 38))
        {
            using var packed = new ZLibStream(File.OpenRead(file), CompressionMode.Decompress);
            using var unpacked = File.Create(folder.Combine($"{number++}"));
            packed.CopyTo(unpacked);
        }

        return folder;
    }
}
