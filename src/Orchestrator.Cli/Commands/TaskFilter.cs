using System.CommandLine;
using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Commands;

/// <summary>The options that say which tasks are meant.</summary>
internal sealed class TaskFilter
{
    private readonly Option<string?> _queue = new("--queue") { Description = "Only tasks of this queue.", HelpName = "NAME" };
    private readonly Option<string?> _type = new("--type") { Description = "Only tasks of this type.", HelpName = "NAME" };
    private readonly Option<string?> _group = new("--group") { Description = "Only tasks of this group.", HelpName = "NAME" };
    private readonly Option<string?> _failure = new("--failure") { Description = "Only tasks whose latest failure has this code.", HelpName = "CODE" };
    private readonly Option<string?> _plan = new("--plan") { Description = "Only tasks of this plan.", HelpName = "ID" };
    private readonly Option<int> _limit;

    public TaskFilter(int limit) =>
        _limit = new("--limit") { Description = "At most so many, from 1 to 1000.", HelpName = "N", DefaultValueFactory = _ => limit };

    public IEnumerable<Option> Options => [_queue, _type, _group, _failure, _plan, _limit];

    /// <summary>Whether anything but the limit is given.</summary>
    public bool IsGiven(ParseResult parsed) => Options.Any(option => option != _limit && parsed.GetResult(option) is not null);

    /// <exception cref="ArgumentException">A value is not allowed.</exception>
    public TaskQuery Read(ParseResult parsed, QueuedTaskState? state) => new()
    {
        Queue = parsed.GetValue(_queue),
        Type = parsed.GetValue(_type),
        Group = parsed.GetValue(_group),
        FailureCode = parsed.GetValue(_failure),
        PlanId = parsed.GetValue(_plan),
        Limit = parsed.GetValue(_limit),
        State = state,
    };

    /// <exception cref="ArgumentException">There is no such state; the message lists them.</exception>
    public static QueuedTaskState? State(string? name) => name is null ? null : EnumNames.Parse<QueuedTaskState>(name) switch
    {
        QueuedTaskState.Unknown => throw new ArgumentException($"'{name}' is not a state; known: {string.Join(", ", Enum.GetValues<QueuedTaskState>().Skip(1).Select(state => state.ToName()))}."),
        var state => state,
    };
}
