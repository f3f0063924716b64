using System.Text;

namespace Orchestrator.Secrets;

public sealed class SecretRedactorTests
{
    private const string Value = "sk-marked/secret+value=\"1\"";

    [Fact]
    public void A_known_secret_is_masked_in_every_form()
    {
        var redactor = new SecretRedactor();
        redactor.Add(new SecretValue(Value));
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Value));
        var header = Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Value + ":tail"));

        Assert.Equal("a *** b", redactor.Redact($"a {Value} b"));
        Assert.Equal("a *** b", redactor.Redact($"a {Uri.EscapeDataString(Value)} b"));
        Assert.Equal("a *** b", redactor.Redact($"a {base64} b"));
        Assert.Contains("***", redactor.Redact(header), StringComparison.Ordinal);
        Assert.Equal("{\"k\":\"***\"}", redactor.Redact(System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["k"] = Value })));
    }

    [Theory]
    [InlineData("-----BEGIN KEY-----\nab+c/d\"e\n-----END KEY-----", @"-----BEGIN KEY-----\nab+c/d\""e\n-----END KEY-----")]
    [InlineData("-----BEGIN KEY-----\nab+c/d\n-----END KEY-----", @"-----BEGIN KEY-----\nab+c\/d\n-----END KEY-----")]
    [InlineData("first line\r\nsecond\tline\u0001", @"first line\r\nsecond\tline\u0001")]
    public void A_secret_of_several_lines_is_masked_as_other_writers_of_JSON_escape_it(string secret, string escaped)
    {
        var redactor = new SecretRedactor();
        redactor.Add(new SecretValue(secret));

        Assert.Equal("{\"key\":\"***\"}", redactor.Redact($"{{\"key\":\"{escaped}\"}}"));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData(@"\n")]
    public void Each_line_of_a_secret_is_masked_by_itself_but_for_short_ones_and_the_markers(string end)
    {
        var redactor = new SecretRedactor();
        redactor.Add(new SecretValue(string.Join(end, "-----BEGIN PRIVATE KEY-----", "  MIIEvQIBADANBgkq/hkiG9w0B", "AQEFAASCBKcwggSj+gEAAoIBA", "QC7==", "-----END PRIVATE KEY-----")));

        Assert.Equal("| ***", redactor.Redact("| MIIEvQIBADANBgkq/hkiG9w0B"));
        Assert.Equal("\"***\"", redactor.Redact("\"MIIEvQIBADANBgkq\\/hkiG9w0B\""));
        Assert.Equal("k=***", redactor.Redact("k=AQEFAASCBKcwggSj%2BgEAAoIBA"));
        Assert.Equal("-----BEGIN PRIVATE KEY----- QC7==", redactor.Redact("-----BEGIN PRIVATE KEY----- QC7=="));
    }

    [Fact]
    public void What_stands_in_every_service_account_is_no_secret_by_itself()
    {
        const string Account = """
            {
              "type": "service_account",
              "private_key_id": "0123456789abcdef0123456789abcdef",
              "token_uri": "https://oauth2.googleapis.com/token",
              "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
              ################################
            }
            """;
        var redactor = new SecretRedactor();
        redactor.Add(new SecretValue(Account));

        Assert.Equal(["{", "\"type\": \"service_account\",", "***"], Account.Split('\n').Take(3).Select(line => redactor.Redact(line.Trim())));
        Assert.All(Account.Split('\n').Skip(3), line => Assert.Equal(line, redactor.Redact(line)));
    }

    [Fact]
    public void A_line_of_one_secret_that_is_a_secret_itself_is_masked_in_every_form()
    {
        var redactor = new SecretRedactor();
        redactor.Add(new SecretValue("firstLineOfASecret1\nsecondLineOfASecret2"));
        redactor.Add(new SecretValue("firstLineOfASecret1"));

        Assert.Equal("***", redactor.Redact(Convert.ToBase64String(Encoding.UTF8.GetBytes("firstLineOfASecret1"))));
    }

    [Fact]
    public void Text_without_secrets_stays_the_same_instance()
    {
        var redactor = new SecretRedactor();
        redactor.Add(new SecretValue(Value));
        var text = new string('x', 20);

        Assert.Same(text, redactor.Redact(text));
        Assert.Null(redactor.Redact(null));
    }

    [Fact]
    public void A_short_value_does_not_tear_words_apart()
    {
        var redactor = new SecretRedactor();
        redactor.Add(new SecretValue("test"));

        Assert.Equal("a test", redactor.Redact("a test"));
    }

    [Fact]
    public async Task The_first_provider_that_knows_a_name_wins_and_the_redactor_learns_the_value()
    {
        var redactor = new SecretRedactor();
        var resolver = new SecretResolver([new Fixed("other", "value-zero"), new Fixed("name", "value-one"), new Fixed("name", "value-two")], redactor);

        var found = await resolver.FindAsync("name", TestContext.Current.CancellationToken);

        Assert.Equal("value-one", found?.Reveal());
        Assert.Equal("***", redactor.Redact("value-one"));
        Assert.Null(await resolver.FindAsync("unknown", TestContext.Current.CancellationToken));
    }

    private sealed class Fixed(string name, string value) : ISecretProvider
    {
        public ValueTask<SecretValue?> GetSecretAsync(string wanted, CancellationToken cancellationToken) =>
            ValueTask.FromResult(wanted == name ? new SecretValue(value) : null);
    }
}
