using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Auditing;

namespace Orchestrator.Cli.Tests.Commands;

public sealed class DatabaseCommandsTests : IDisposable
{
    private readonly CommandRunner _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_backup_is_made_once_unless_it_may_be_replaced()
    {
        var backup = _run.Path("backup.db");
        await _run.JsonAsync(0, "db", "migrate");

        await _run.JsonAsync(0, "db", "backup", backup);
        await _run.JsonAsync(1, "db", "backup", backup);
        await _run.JsonAsync(0, "db", "backup", backup, "--overwrite");

        Assert.True(File.Exists(backup));
    }

    [Theory]
    [InlineData("db", "backup", "never-made/file.db")]
    [InlineData("db", "check")]
    [InlineData("db", "size")]
    [InlineData("audit", "verify")]
    [InlineData("audit", "export", "never-made/file.jsonl")]
    public async Task Nothing_is_said_about_a_database_that_is_not_there_and_none_is_made(params string[] arguments)
    {
        var line = (await _run.JsonAsync(2, arguments)).Single();

        Assert.Contains("There is no database", line.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_run.Path("state")));
    }

    [Theory]
    [InlineData("db", "backup", "never-made/file.db")]
    [InlineData("db", "check")]
    [InlineData("db", "size")]
    [InlineData("audit", "verify")]
    public async Task An_empty_file_is_not_vouched_for_and_stays_empty(params string[] arguments)
    {
        Directory.CreateDirectory(_run.Path("state"));
        await File.WriteAllTextAsync(Database, "", CommandRunner.Cancel);

        Assert.Contains("holds no data", (await _run.JsonAsync(2, arguments)).Single().GetProperty("error").GetString(), StringComparison.Ordinal);

        Assert.Equal(0, new FileInfo(Database).Length);
    }

    [Fact]
    public async Task A_database_of_an_older_version_is_not_migrated_by_a_backup()
    {
        await _run.JsonAsync(0, "db", "migrate");
        Execute("DELETE FROM storage_schema WHERE version > 3");

        var error = (await _run.JsonAsync(2, "db", "backup", _run.Path("backup.db"))).Single().GetProperty("error").GetString();

        Assert.Contains("schema version 3", error, StringComparison.Ordinal);
        Assert.Contains("orchestrator db migrate", error, StringComparison.Ordinal);
        await _run.JsonAsync(2, "db", "size");
        await _run.JsonAsync(0, "db", "check");
        Assert.False(File.Exists(_run.Path("backup.db")));
    }

    [Fact]
    public async Task A_damaged_database_is_what_a_check_finds()
    {
        await _run.JsonAsync(0, "db", "migrate");
        await File.WriteAllTextAsync(Database, new string('x', 8192), CommandRunner.Cancel);

        await _run.JsonAsync(1, "db", "check");
    }

    [Fact]
    public async Task The_database_is_migrated_checked_and_measured()
    {
        await _run.JsonAsync(0, "db", "migrate");
        Assert.Equal("Sound.", (await _run.JsonAsync(0, "db", "check"))[0].GetProperty("message").GetString());

        var sizes = (await _run.JsonAsync(0, "db", "size"))[0].GetProperty("sizes");

        Assert.True(sizes.GetProperty("database_bytes").GetInt64() > 0);
        Assert.Contains("tasks", sizes.GetProperty("tables").EnumerateArray().Select(table => table.GetProperty("table").GetString()));
        Assert.Contains("operation_logs", await _run.WordsAsync(0, "db", "size"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_trail_is_exported_and_a_changed_file_is_found()
    {
        await AppendAsync(5);
        var file = _run.Path("audit.jsonl");

        var export = (await _run.JsonAsync(0, "audit", "export", file)).Single().GetProperty("export");
        Assert.Equal((5, 5, await HashAsync(5)), (export.GetProperty("entries").GetInt64(), export.GetProperty("last_sequence").GetInt64(), export.GetProperty("last_hash").GetString()));
        Assert.Equal(["audit.jsonl", "state"], Directory.EnumerateFileSystemEntries(_run.Path(".")).Select(Path.GetFileName).Order());
        Assert.Equal(5, (await _run.JsonAsync(0, "audit", "verify", "--file", file))[0].GetProperty("chain").GetProperty("entries").GetInt64());
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, CommandRunner.Cancel)).Replace("Step 3", "Step 4", StringComparison.Ordinal), CommandRunner.Cancel);

        Assert.Equal(3, (await _run.JsonAsync(1, "audit", "verify", "--file", file))[0].GetProperty("chain").GetProperty("first_bad_sequence").GetInt64());
        await _run.JsonAsync(0, "audit", "verify");
        await _run.JsonAsync(1, "audit", "export", file);
    }

    [Fact]
    public async Task A_log_that_was_written_anew_has_not_the_hash_that_was_kept()
    {
        await AppendAsync(5);
        var kept = await HashAsync(5);
        await AppendAsync(2);
        await _run.JsonAsync(0, "audit", "verify", "--last-hash", kept);
        await _run.JsonAsync(0, "audit", "verify", "--last-hash", kept.ToUpperInvariant(), "--after", "5");
        await _run.JsonAsync(1, "audit", "verify", "--last-hash", kept, "--after", "4");

        // All rows and the head anew, as somebody would who hides an entry: the chain in itself is whole.
        Execute("DELETE FROM operation_logs; DELETE FROM operation_log_head");
        await AppendAsync(7);

        await _run.JsonAsync(0, "audit", "verify");
        Assert.False(Intact(await _run.JsonAsync(1, "audit", "verify", "--last-hash", kept)));
        Assert.False(Intact(await _run.JsonAsync(1, "audit", "verify", "--last-hash", kept, "--after", "5")));
        Assert.Contains("Broken at entry 8", await _run.WordsAsync(1, "audit", "verify", "--last-hash", kept, "--after", "8"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--last-hash", "abc")]
    [InlineData("--after", "3")]
    [InlineData("--after", "0", "--last-hash", "0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task What_a_hash_is_to_be_compared_with_must_be_said(params string[] arguments)
    {
        await AppendAsync(5);

        await _run.JsonAsync(2, ["audit", "verify", .. arguments]);
    }

    [Theory]
    [InlineData("tasks")]
    [InlineData("queue")]
    [InlineData("dead")]
    [InlineData("plan")]
    [InlineData("schedule")]
    [InlineData("db")]
    [InlineData("audit")]
    public void Every_command_and_option_has_a_help_text(string name)
    {
        var command = Orchestrator.Cli.Commands.OrchestratorCommand.Create(new GlobalOptions()).Subcommands.Single(command => command.Name == name);

        Assert.NotEmpty(command.Subcommands);
        Assert.All(command.Subcommands.Append(command), part => Assert.False(string.IsNullOrWhiteSpace(part.Description), part.Name));
        Assert.All(command.Subcommands.SelectMany(part => part.Options), option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));
        Assert.All(command.Subcommands.SelectMany(part => part.Arguments), argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), argument.Name));
    }

    private string Database => Path.Combine(_run.Path("state"), "orchestrator.db");

    private static bool Intact(IReadOnlyList<JsonElement> lines) => lines.Single().GetProperty("chain").GetProperty("is_intact").GetBoolean();

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Database, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private async Task<string> HashAsync(int sequence) =>
        (await _run.JsonAsync(0, "audit", "list"))[sequence - 1].GetProperty("entry").GetProperty("hash").GetString()!;

    private async Task AppendAsync(int count)
    {
        await using var host = await _run.HostAsync();
        for (var i = 1; i <= count; i++)
        {
            await host.Services.GetRequiredService<IOperationLog>().AppendAsync(new Operation { Name = "test.step", Message = $"Step {i}" }, CommandRunner.Cancel);
        }
    }
}
