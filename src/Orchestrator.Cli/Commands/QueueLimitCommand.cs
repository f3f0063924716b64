using System.CommandLine;
using System.Globalization;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator queue limit</c>: how much of a queue, or of one group, runs at once and how fast.</summary>
internal sealed class QueueLimitCommand
{
    private const string None = "none";

    private readonly Argument<string> _queue = new("queue") { Description = "The queue." };
    private readonly Option<string?> _group = new("--group") { Description = "The group that the limits are for. Its settings are replaced as a whole: give --max-running, --rate and --weight.", HelpName = "NAME" };
    private readonly Option<string?> _running = new("--max-running") { Description = "How many slots running tasks may take together; 'none' for no limit, for a group: for none of its own.", HelpName = "N" };
    private readonly Option<string?> _perGroup = new("--max-running-per-group") { Description = "The same for each group that has no settings of its own.", HelpName = "N" };
    private readonly Option<string?> _rate = new("--rate") { Description = "How many tasks of a group may start in a time: 10/s, 100/m, 5/30s, 5/00:00:30; 'none' for no limit, for a group: for none of its own.", HelpName = "N/TIME" };
    private readonly Option<int?> _burst = new("--burst") { Description = "How many of the rate may start at once; without it, as many as in the rate's time.", HelpName = "N" };
    private readonly Option<int?> _weight = new("--weight") { Description = "The share of the group beside others, from 1 to 1000.", HelpName = "N" };

    private QueueLimitCommand()
    {
    }

    public static Command Create(GlobalOptions global)
    {
        var command = new QueueLimitCommand();
        return HostedCommand.Create<ITaskAdministration>(
            global, "limit", "Limit how many tasks run at once or start in a time, on all machines together. Of a queue, what is not given stays.",
            [command._queue, command._group, command._running, command._perGroup, command._rate, command._burst, command._weight], command.RunAsync);
    }

    /// <summary>Reads <c>10/s</c>, <c>100/m</c>, <c>5/30s</c>, <c>5/00:00:30</c>; <see langword="null"/> for none.</summary>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    internal static RateLimit? Rate(string? text, int? burst)
    {
        if (text is null or None)
        {
            return burst is null ? null : throw new ArgumentException("--burst is a part of a rate: give it with --rate N/TIME.");
        }

        var parts = text.Split('/');
        var period = parts is not [_, { Length: > 0 } time] ? null : Duration.Read(char.IsAsciiDigit(time[0]) ? time : "1" + time);
        return period is { } some && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new RateLimit(count, some, burst)
            : throw new ArgumentException($"'{text}' is no rate; write for example --rate 10/s, 100/m, 1000/h, 5/30s or 5/00:00:30, or none.");
    }

    private async Task<int> RunAsync(ITaskAdministration tasks, ParseResult parsed, CliContext context, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(_queue);
        if (parsed.GetValue(_group) is { } group)
        {
            await tasks.SetGroupAsync(Group(parsed, name, group), cancellationToken);
            return Changes.Done(context, $"group {group} of queue {name}: done.");
        }

        CheckQueue(parsed);
        var old = (await tasks.GetQueuesAsync(cancellationToken)).FirstOrDefault(status => status.Settings.Queue == name)?.Settings ?? new QueueSettings { Queue = name };
        await tasks.SetLimitsAsync(Changed(parsed, old), cancellationToken);
        return Changes.Done(context, $"queue {name}: done.");
    }

    // Nothing reads what a group has now: what is left out could not stay as it is, so nothing may be left out.
    private GroupSettings Group(ParseResult parsed, string queue, string group)
    {
        if (parsed.GetValue(_perGroup) is not null)
        {
            throw new ArgumentException("--max-running-per-group is for all groups of a queue; for one group it is --max-running.");
        }

        var missing = new Option[] { _running, _rate, _weight }.Where(option => parsed.GetResult(option) is null).Select(option => option.Name).ToList();
        if (missing.Count > 0)
        {
            throw new ArgumentException($"A group's settings are replaced as a whole; give {string.Join(", ", missing)}, too. 'none' is no limit of its own, --weight 1 the usual share.");
        }

        return new GroupSettings
        {
            Queue = queue,
            Group = group,
            MaxRunning = Number(parsed.GetValue(_running), _running.Name),
            Rate = Rate(parsed.GetValue(_rate), parsed.GetValue(_burst)),
            Weight = parsed.GetValue(_weight) is { } weight and not 0 ? weight : throw new ArgumentException("--weight must be from 1 to 1000."),
        };
    }

    private void CheckQueue(ParseResult parsed)
    {
        if (parsed.GetValue(_weight) is not null)
        {
            throw new ArgumentException("--weight is the share of one group: give it with --group.");
        }

        if (parsed.GetValue(_burst) is not null && parsed.GetValue(_rate) is null)
        {
            throw new ArgumentException("--burst is a part of a rate: give it with --rate N/TIME.");
        }

        if (parsed.GetValue(_running) is null && parsed.GetValue(_perGroup) is null && parsed.GetValue(_rate) is null)
        {
            throw new ArgumentException("Say which limit: --max-running, --max-running-per-group or --rate.");
        }
    }

    private QueueSettings Changed(ParseResult parsed, QueueSettings settings)
    {
        settings = parsed.GetValue(_running) is { } slots ? settings with { MaxRunning = Number(slots, _running.Name) } : settings;
        settings = parsed.GetValue(_perGroup) is { } each ? settings with { MaxRunningPerGroup = Number(each, _perGroup.Name) } : settings;
        return parsed.GetValue(_rate) is { } speed ? settings with { RatePerGroup = Rate(speed, parsed.GetValue(_burst)) } : settings;
    }

    private static int? Number(string? text, string option) => text is null or None ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ArgumentException($"{option} is '{text}'; it must be a whole number, or none.");
}
