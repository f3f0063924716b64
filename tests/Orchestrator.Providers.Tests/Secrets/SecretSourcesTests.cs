using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Testing;

namespace Orchestrator.Secrets;

public sealed class SecretSourcesTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_private_file_gives_the_secrets_of_its_lines()
    {
        var file = SecretFile("# mine\n\nA_KEY=one=two\nexport B_KEY = \"quoted value\" \r\nC_KEY='it''s'\nD_KEY=\nA_KEY=latest\n");
        var provider = new FileSecretProvider(file);

        Assert.Equal("latest", await ValueAsync(provider, "A_KEY"));
        Assert.Equal("quoted value", await ValueAsync(provider, "B_KEY"));
        Assert.Equal("it''s", await ValueAsync(provider, "C_KEY"));
        Assert.Null(await ValueAsync(provider, "D_KEY"));
        Assert.Null(await ValueAsync(provider, "E_KEY"));
        Assert.Null(await ValueAsync(new FileSecretProvider(file + ".missing"), "A_KEY"));
    }

    [Fact]
    public async Task A_changed_file_is_read_anew()
    {
        var file = SecretFile("A_KEY=one\n");
        var provider = new FileSecretProvider(file);
        await ValueAsync(provider, "A_KEY");

        await File.WriteAllTextAsync(file, "A_KEY=two\n", Token);

        Assert.Equal("two", await ValueAsync(provider, "A_KEY"));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherExecute)]
    public async Task A_file_that_others_have_rights_to_is_refused(UnixFileMode more)
    {
        var file = SecretFile("A_KEY=hidden-value\n");
        File.SetUnixFileMode(file, Private | more);

        var refused = await RefusedAsync(new FileSecretProvider(file));

        Assert.Equal(("secrets.source_refused", file), (refused.Code, refused.Path));
        Assert.Contains($"chmod 600 '{file}'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-value", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbolic_link_to_a_private_file_is_refused_and_so_is_one_to_nothing()
    {
        var link = _folder.Combine("link");
        File.CreateSymbolicLink(link, SecretFile("A_KEY=one\n"));
        var dangling = _folder.Combine("dangling");
        File.CreateSymbolicLink(dangling, "/no/such/file");

        Assert.Contains("symbolic link", (await RefusedAsync(new FileSecretProvider(link))).Message, StringComparison.Ordinal);
        Assert.Contains("symbolic link", (await RefusedAsync(new FileSecretProvider(dangling))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_another_user_is_refused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file to somebody else.");
        var file = SecretFile("A_KEY=one\n");
        using var chown = Process.Start("/bin/chown", ["65534", file]);
        await chown.WaitForExitAsync(Token);

        Assert.Contains("belongs to another user", (await RefusedAsync(new FileSecretProvider(file))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_cannot_be_understood_is_named_by_its_number_only()
    {
        var refused = await RefusedAsync(new FileSecretProvider(SecretFile("A_KEY=one\nsomebody-pasted-this-key\n")));

        Assert.Contains("line 2 is not of the form NAME=value", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pasted", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_huge_file_is_refused() =>
        Assert.Contains("larger than 1 MiB", (await RefusedAsync(new FileSecretProvider(SecretFile(new string('#', 1024 * 1024 + 1))))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_mounted_directory_gives_one_secret_a_file_also_through_the_links_of_Kubernetes()
    {
        _folder.Write("..2026/GEMINI_API_KEY", "value-one\n");
        Directory.CreateSymbolicLink(_folder.Combine("..data"), "..2026");
        File.CreateSymbolicLink(_folder.Combine("GEMINI_API_KEY"), "..data/GEMINI_API_KEY");
        _folder.Write("EMPTY", "\n");
        var provider = new DirectorySecretProvider(_folder.Path);

        Assert.Equal("value-one", await ValueAsync(provider, "GEMINI_API_KEY"));
        Assert.Null(await ValueAsync(provider, "EMPTY"));
        Assert.Null(await ValueAsync(provider, "OTHER"));
        Assert.Null(await ValueAsync(new DirectorySecretProvider("/no/such/directory"), "GEMINI_API_KEY"));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("..2026/GEMINI_API_KEY")]
    [InlineData("/etc/hostname")]
    [InlineData("..")]
    public async Task A_name_that_leads_elsewhere_is_not_known(string name)
    {
        _folder.Write("outside", "secret");
        _folder.Write("in/..2026/GEMINI_API_KEY", "secret");

        Assert.Null(await ValueAsync(new DirectorySecretProvider(_folder.Combine("in")), name));
    }

    [Fact]
    public async Task A_mounted_file_that_others_may_write_is_refused()
    {
        File.SetUnixFileMode(_folder.Write("A_KEY", "x"), Private | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);

        Assert.Contains("chmod go-w", (await RefusedAsync(new DirectorySecretProvider(_folder.Path))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mounted_file_or_directory_of_another_user_is_refused(bool directory)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file to somebody else.");
        var file = _folder.Write("mounted/A_KEY", "planted");
        using var chown = Process.Start("/bin/chown", ["65534", directory ? _folder.Combine("mounted") : file]);
        await chown.WaitForExitAsync(Token);

        Assert.Contains("belongs to another user", (await RefusedAsync(new DirectorySecretProvider(_folder.Combine("mounted")))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite | UnixFileMode.StickyBit)]
    public async Task A_directory_that_others_may_write_is_refused_also_through_a_link(UnixFileMode more)
    {
        _folder.Write("mounted/A_KEY", "x");
        File.SetUnixFileMode(_folder.Combine("mounted"), Private | UnixFileMode.UserExecute | more);
        Directory.CreateSymbolicLink(_folder.Combine("link"), "mounted");

        Assert.Contains("chmod go-w", (await RefusedAsync(new DirectorySecretProvider(_folder.Combine("mounted")))).Message, StringComparison.Ordinal);
        Assert.Contains("chmod go-w", (await RefusedAsync(new DirectorySecretProvider(_folder.Combine("link")))).Message, StringComparison.Ordinal);
        Assert.Null(await ValueAsync(new DirectorySecretProvider(_folder.Combine("mounted")), "OTHER"));
    }

    [Fact]
    public async Task A_pipe_or_device_is_refused_and_nobody_waits_for_it()
    {
        using var mkfifo = Process.Start("/usr/bin/mkfifo", ["-m", "600", _folder.Combine("A_KEY")]);
        await mkfifo.WaitForExitAsync(Token);
        Directory.CreateDirectory(_folder.Combine("devices"));
        File.CreateSymbolicLink(_folder.Combine("devices/A_KEY"), "/dev/zero");

        foreach (var provider in (ISecretProvider[])[new DirectorySecretProvider(_folder.Path), new FileSecretProvider(_folder.Combine("A_KEY")), new DirectorySecretProvider(_folder.Combine("devices"))])
        {
            var refused = await Task.Run(() => RefusedAsync(provider), Token).WaitAsync(TimeSpan.FromSeconds(20), Token);

            Assert.Contains("it is no regular file", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_private_file_may_be_reached_through_directories_that_are_links()
    {
        var file = _folder.Write("real/secrets.env", "A_KEY=one\n");
        File.SetUnixFileMode(file, Private);
        Directory.CreateSymbolicLink(_folder.Combine("link"), "real");

        Assert.Equal("one", await ValueAsync(new FileSecretProvider(_folder.Combine("link/secrets.env")), "A_KEY"));
    }

    [Fact]
    public void What_is_mounted_for_reading_only_is_recognised()
    {
        Assert.False(FileIdentity.IsReadOnlyMount(_folder.Path));
        var mounted = File.ReadAllLines("/proc/self/mountinfo").Select(static line => line.Split(' ')).Where(static fields => fields[5].Split(',').Contains("ro")).Select(static fields => fields[4])
            .FirstOrDefault(Directory.Exists);
        Assert.SkipWhen(mounted is null, "Nothing is mounted for reading only.");

        Assert.True(FileIdentity.IsReadOnlyMount(mounted));
    }

    [Fact]
    public async Task The_hosts_own_provider_is_asked_first_then_configuration_file_and_directory_whatever_the_order_of_registration()
    {
        foreach (var name in (string[])["IN_ALL", "IN_THREE", "IN_TWO", "IN_ONE"])
        {
            _folder.Write("mounted/" + name, "directory");
        }

        var file = SecretFile("IN_ALL=file\nIN_THREE=file\nIN_TWO=file\n");
        var configuration = new FixedConfiguration { ["Orchestrator:Secrets:IN_ALL"] = "configuration", ["Orchestrator:Secrets:IN_THREE"] = "configuration" };
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddAgentProviders().AddSecretDirectory(_folder.Combine("mounted")).AddSecretDirectory(_folder.Combine("mounted")).AddSecretFile(file).AddSecretFile(file)
            .AddConfigurationSecrets().AddConfigurationSecrets().AddSecretProvider<Own>().AddSecretProvider<Own>();
        await using var provider = services.BuildServiceProvider();
        var resolver = provider.GetRequiredService<SecretResolver>();

        Assert.Equal(5, provider.GetServices<ISecretProvider>().Count());
        Assert.Equal("own", (await resolver.FindAsync("IN_ALL", Token))?.Reveal());
        Assert.Equal("configuration", (await resolver.FindAsync("IN_THREE", Token))?.Reveal());
        Assert.Equal("file", (await resolver.FindAsync("IN_TWO", Token))?.Reveal());
        Assert.Equal("directory", (await resolver.FindAsync("IN_ONE", Token))?.Reveal());
    }

    [Fact]
    public async Task The_vendors_own_name_serves_where_nobody_knows_ours()
    {
        var file = SecretFile("ANTHROPIC_API_KEY=vendor-value\nOPENAI_API_KEY=vendor-value\nCODEX_API_KEY=our-value\n");
        var redactor = new SecretRedactor();
        var resolver = new SecretResolver([new FileSecretProvider(file)], redactor);

        Assert.Equal("vendor-value", (await resolver.FindAsync(SecretNames.Claude, Token))?.Reveal());
        Assert.Equal("our-value", (await resolver.FindAsync(SecretNames.Codex, Token))?.Reveal());
        Assert.Null(await resolver.FindAsync(SecretNames.Jules, Token));
        Assert.Equal("***", redactor.Redact("vendor-value"));
    }

    [Fact]
    public void Configuration_secrets_need_a_configuration()
    {
        var services = new ServiceCollection();
        services.AddAgentProviders().AddConfigurationSecrets();
        using var provider = services.BuildServiceProvider();

        Assert.Contains("IConfiguration", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<SecretResolver>).Message, StringComparison.Ordinal);
    }

    private string SecretFile(string content)
    {
        var file = _folder.Write("secrets.env", content);
        File.SetUnixFileMode(file, Private);
        return file;
    }

    private static async Task<string?> ValueAsync(ISecretProvider provider, string name) => (await provider.GetSecretAsync(name, Token))?.Reveal();

    private static async Task<SecretSourceException> RefusedAsync(ISecretProvider provider) =>
        await Assert.ThrowsAsync<SecretSourceException>(async () => await provider.GetSecretAsync("A_KEY", Token));

    private sealed class Own : ISecretProvider
    {
        public ValueTask<SecretValue?> GetSecretAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(name == "IN_ALL" ? new SecretValue("own") : null);
    }
}
