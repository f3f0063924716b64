using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Auditing;
using Orchestrator.Storage.Auditing;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Tests.Sqlite;
using Orchestrator.Testing;

namespace Orchestrator.Storage.Tests.Auditing;

public sealed class OperationLogExportTests : IDisposable
{
    private const int Entries = 12;

    private readonly SqliteFile _file = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_log_is_exported_as_one_entry_a_line_and_verified_without_a_database()
    {
        var log = await FillAsync(1001);
        using var stream = new MemoryStream();

        Assert.Equal(1001, await OperationLogExport.WriteAsync(log, stream, cancellationToken: Cancel));

        var lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
        Assert.Equal((1002, ""), (lines.Length, lines[^1]));
        Assert.Equal("note 3; \"quotes\", ä€😀\n", (string?)JsonNode.Parse(lines[2])!["operation"]!["message"]);
        stream.Position = 0;
        Assert.Equal(new ChainVerification(true, 1001), await OperationLogExport.VerifyAsync(stream, 0, (string)JsonNode.Parse(lines[1000])!["hash"]!, Cancel));
    }

    [Fact]
    public async Task A_part_of_the_log_is_verified_from_its_own_first_entry()
    {
        var text = await ExportAsync(new OperationQuery { After = 5, Limit = 4 });

        Assert.Equal(new ChainVerification(true, 4), await VerifyAsync(text, after: 5));
        Assert.Equal((false, (long?)1), ((await VerifyAsync(text)).IsIntact, (await VerifyAsync(text)).FirstBadSequence));
        Assert.False((await VerifyAsync(text, after: 4)).IsIntact);
    }

    [Fact]
    public async Task An_empty_export_is_intact_unless_entries_are_expected()
    {
        Assert.Equal(new ChainVerification(true, 0), await VerifyAsync(""));
        Assert.False((await VerifyAsync("", new string('a', 64))).IsIntact);
    }

    [Fact]
    public async Task An_export_that_was_cut_off_is_found_by_its_last_hash()
    {
        var lines = (await ExportAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var last = (string)JsonNode.Parse(lines[^1])!["hash"]!;

        var found = await VerifyAsync(string.Join('\n', lines[..^1]), last);

        Assert.Equal((false, (long?)Entries), (found.IsIntact, found.FirstBadSequence));
    }

    [Fact]
    public async Task Entries_of_one_task_only_do_not_pass_for_the_whole_log()
    {
        Assert.False((await VerifyAsync(await ExportAsync(new OperationQuery { Name = "even" }))).IsIntact);
    }

    [Fact]
    public async Task Each_of_1000_random_changes_of_a_file_is_found()
    {
        var lines = (await ExportAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var last = (string)JsonNode.Parse(lines[^1])!["hash"]!;
        var random = SeededRandom.Create(20260102);

        foreach (var _ in Enumerable.Range(0, 1000))
        {
            var (kind, forged) = Forge([.. lines], random);

            var found = await VerifyAsync(string.Join('\n', forged), last);

            Assert.False(found.IsIntact, $"{kind} was not found.");
            Assert.InRange(found.FirstBadSequence!.Value, 1, Entries + 2);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("no json")]
    [InlineData("{\"sequence\":1,\"at\":\"2026-01-01T00:00:00Z\",\"operation\":{\"name\":\"../x\"},\"previous_hash\":\"0\",\"hash\":\"0\"}")]
    public async Task A_file_that_is_no_export_is_told_so(string text)
    {
        var found = await VerifyAsync(text);

        Assert.Equal((false, 0L, (long?)1), (found.IsIntact, found.Entries, found.FirstBadSequence));
        Assert.NotNull(found.Message);
    }

    private static (string Kind, List<string> Lines) Forge(List<string> lines, Random random)
    {
        var at = random.Next(lines.Count);
        var other = (at + 1 + random.Next(lines.Count - 1)) % lines.Count;
        switch (random.Next(6))
        {
            case 0:
                lines.RemoveAt(at);
                return ($"Removing {at}", lines);
            case 1:
                lines.Insert(at, lines[other]);
                return ($"Copying {other} to {at}", lines);
            case 2:
                (lines[at], lines[other]) = (lines[other], lines[at]);
                return ($"Swapping {at} and {other}", lines);
            default:
                var entry = JsonNode.Parse(lines[at])!.AsObject();
                var values = entry.Concat(entry["operation"]!.AsObject()).Where(member => member.Value is JsonValue).Select(member => member.Key).ToList();
                var name = values[random.Next(values.Count)];
                var owner = entry.ContainsKey(name) ? entry : entry["operation"]!.AsObject();
                owner[name] = name switch
                {
                    "sequence" => (long)owner[name]! + random.Next(1, 9),
                    "at" => ((DateTimeOffset)owner[name]!).AddTicks(random.Next(1, 1_000_000)),
                    "outcome" => "failed",
                    _ => (string?)owner[name] + "x",
                };
                lines[at] = entry.ToJsonString();
                return ($"Changing {name} of {at}", lines);
        }
    }

    private async Task<SqliteOperationLog> FillAsync(int entries)
    {
        var log = new SqliteOperationLog(_file.Open(), _file.Time, null);
        foreach (var i in Enumerable.Range(1, entries))
        {
            await log.AppendAsync(
                new Operation
                {
                    Name = i % 2 == 0 ? "even" : "odd",
                    TaskId = $"task-{i}",
                    ExecutionId = $"execution-{i}",
                    Provider = "codex",
                    Outcome = OperationOutcome.Succeeded,
                    Message = $"note {i}; \"quotes\", ä€😀\n",
                    Data = new ValueMap([new("z", "1"), new("a", "'")]),
                    WorkerName = "w",
                    ContainerName = "c",
                },
                Cancel);
        }

        return log;
    }

    private async Task<string> ExportAsync(OperationQuery? query = null)
    {
        using var stream = new MemoryStream();
        await OperationLogExport.WriteAsync(await FillAsync(Entries), stream, query, Cancel);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static async Task<ChainVerification> VerifyAsync(string text, string? lastHash = null, long after = 0)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await OperationLogExport.VerifyAsync(stream, after, lastHash, Cancel);
    }
}
