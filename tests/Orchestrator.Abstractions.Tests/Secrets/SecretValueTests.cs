using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Orchestrator.Secrets;

namespace Orchestrator.Abstractions.Tests.Secrets;

public sealed class SecretValueTests
{
    private const string Marked = "sk-marked-secret-1234567890";
    private static readonly SecretValue Secret = new(Marked);

    [Fact]
    public void A_secret_prints_as_asterisks_however_it_is_made_text()
    {
        object boxed = Secret;

        Assert.All([Secret.ToString(), $"{Secret}", string.Concat("key=", Secret), string.Format(null, "{0}", boxed), boxed.ToString()!, $"{new { Secret }}"],
            text => Assert.DoesNotContain("marked", text, StringComparison.Ordinal));
        Assert.Equal("***", Secret.ToString());
    }

    [Fact]
    public void A_secret_is_never_written_to_json_or_read_from_it()
    {
        Assert.Equal("\"***\"", JsonSerializer.Serialize(Secret));
        Assert.Equal("{\"Key\":\"***\"}", JsonSerializer.Serialize(new Dictionary<string, SecretValue> { ["Key"] = Secret }));
        var error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<SecretValue>($"\"{Marked}\""));
        Assert.DoesNotContain("marked", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_debugger_shows_asterisks_and_hides_the_field()
    {
        Assert.Equal("***", typeof(SecretValue).GetCustomAttribute<DebuggerDisplayAttribute>()!.Value);
        var fields = typeof(SecretValue).GetFields(BindingFlags.Instance | BindingFlags.NonPublic);
        Assert.All(fields, field => Assert.Equal(DebuggerBrowsableState.Never, field.GetCustomAttribute<DebuggerBrowsableAttribute>()!.State));
        Assert.Empty(typeof(SecretValue).GetProperties());
    }

    [Fact]
    public void An_exception_that_carries_a_secret_does_not_print_it()
    {
        var error = new OrchestratorException("test.secret", $"The key {Secret} was refused.") { Data = { ["key"] = Secret } };

        Assert.DoesNotContain("marked", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("marked", string.Join(' ', error.Data.Values.Cast<object>()), StringComparison.Ordinal);
        Assert.Equal(("test.secret", false), (error.Code, error.IsTransient));
    }

    [Fact]
    public void Only_revealing_gives_the_secret() => Assert.Equal(Marked, Secret.Reveal());

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void An_empty_secret_is_refused(string value) => Assert.Throws<ArgumentException>(() => new SecretValue(value));

    [Fact]
    public void All_secret_names_are_there_and_are_names() =>
        Assert.All(SecretNames.All, name => Assert.True(Identifiers.IsName(name)));
}
