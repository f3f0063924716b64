using System.CommandLine;
using System.Text.Json;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Queue.Schedules;

namespace Orchestrator.Cli.Commands;

/// <summary>The options from which <c>schedule put</c> builds a schedule.</summary>
internal sealed class ScheduleOptions
{
    private readonly Option<string> _type = new("--type") { Description = "The type of the task.", HelpName = "NAME", Required = true };
    private readonly Option<string> _payload = new("--payload") { Description = "The task's payload as JSON, or @FILE to read it from there. Never secrets.", HelpName = "JSON", DefaultValueFactory = _ => "{}" };
    private readonly Option<string?> _cron = new("--cron") { Description = "When, as a cron expression of five fields, or six with seconds first, or @daily and the like.", HelpName = "EXPR" };
    private readonly Option<TimeSpan?> _interval = Duration.Option("--interval", "How often, from 1 second to 366 days, counted from --starts.");
    private readonly Option<string> _timeZone = new("--time-zone") { Description = "Whose clock the cron expression goes by: an IANA name.", HelpName = "ZONE", DefaultValueFactory = _ => "UTC" };
    private readonly Option<DateTimeOffset?> _starts = new("--starts") { Description = "Not before this time.", HelpName = "TIME" };
    private readonly Option<DateTimeOffset?> _ends = new("--ends") { Description = "Not after this time.", HelpName = "TIME" };
    private readonly Option<string> _misfire = new("--misfire") { Description = "What to do about times that passed while nobody was there.", DefaultValueFactory = _ => "fire_once" };
    private readonly Option<int> _backfill = new("--max-backfill") { Description = "How many missed times fire_all makes up for, the latest ones, up to 1000.", HelpName = "N", DefaultValueFactory = _ => 100 };
    private readonly Option<bool> _paused = new("--paused") { Description = "Enqueue nothing for now." };
    private readonly Option<string> _queue = new("--queue") { Description = "The queue of the task.", HelpName = "NAME", DefaultValueFactory = _ => TaskSubmission.DefaultQueue };
    private readonly Option<int> _priority = new("--priority") { Description = "Higher runs first, from -100 to 100.", HelpName = "N" };
    private readonly Option<int> _attempts = new("--max-attempts") { Description = "How often a task may fail.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _key = new("--key") { Description = "A deduplication key: while a task with it has not ended, no other is enqueued.", HelpName = "KEY" };

    public ScheduleOptions() => _misfire.AcceptOnlyFromAmong("fire_once", "fire_all", "skip");

    public IEnumerable<Option> All =>
        [_type, _payload, _cron, _interval, _timeZone, _starts, _ends, _misfire, _backfill, _paused, _queue, _priority, _attempts, _key];

    /// <exception cref="ArgumentException">A value is not allowed; the message says which.</exception>
    public TaskSchedule Read(ParseResult parsed, string id) => new()
    {
        Id = id,
        Cron = parsed.GetValue(_cron),
        Interval = parsed.GetValue(_interval),
        TimeZone = parsed.GetValue(_timeZone)!,
        StartsAt = parsed.GetValue(_starts),
        EndsAt = parsed.GetValue(_ends),
        Misfire = EnumNames.Parse<MisfirePolicy>(parsed.GetValue(_misfire)),
        MaxBackfill = parsed.GetValue(_backfill),
        IsPaused = parsed.GetValue(_paused),
        Task = new TaskSubmission
        {
            Id = id,
            Type = parsed.GetRequiredValue(_type),
            Payload = Payload(parsed.GetValue(_payload)!),
            Queue = parsed.GetValue(_queue)!,
            Priority = parsed.GetValue(_priority),
            MaxAttempts = parsed.GetValue(_attempts),
            DeduplicationKey = parsed.GetValue(_key),
        },
    };

    private static string Payload(string text)
    {
        var json = text.StartsWith('@') ? File.ReadAllText(text[1..]) : text;
        try
        {
            using var _ = JsonDocument.Parse(json);
            return json;
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The payload is not JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}.");
        }
    }
}
