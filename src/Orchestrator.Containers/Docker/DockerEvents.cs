using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Docker.Wire;
using WireJson = Orchestrator.Containers.Docker.Wire.DockerJsonContext;

namespace Orchestrator.Containers.Docker;

/// <summary>Watches what happens to instances.</summary>
internal sealed class DockerEvents(DockerHttp http, ILogger logger)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private static readonly string[] Kinds = ["die", "start", "destroy", "oom", "health_status", "pause", "unpause"];

    public async IAsyncEnumerable<ContainerEvent> WatchAsync(ValueMap labels, DateTimeOffset? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filters = DockerCall.Filters(new() { ["type"] = ["container"], ["event"] = Kinds, ["label"] = DockerCall.Labels(labels) });
        var from = Nanoseconds(since ?? await EngineTimeAsync(cancellationToken).ConfigureAwait(false));
        while (true)
        {
            using var silence = new CancellationTokenSource(http.Options.EventSilence, http.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
            var position = string.Create(CultureInfo.InvariantCulture, $"{from / NanosecondsPerSecond}.{from % NanosecondsPerSecond:D9}");
            var call = new DockerCall(HttpMethod.Get, $"/events?since={position}&filters={filters}");
            using var answer = await http.OpenAsync(call, cancellationToken).ConfigureAwait(false);
            using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var lines = JsonLines.ReadAsync(http, stream, WireJson.Default.EventLine, either.Token).GetAsyncEnumerator(either.Token);
            await using (lines.ConfigureAwait(false))
            {
                while (await NextAsync(lines, cancellationToken).ConfigureAwait(false))
                {
                    silence.CancelAfter(http.Options.EventSilence);
                    from = Math.Max(from, lines.Current.TimeNano + 1);
                    if (Read(lines.Current) is { } one)
                    {
                        yield return one;
                    }
                }
            }

            logger.DockerEventsReopened(http.Options.EventSilence);
        }
    }

    /// <summary>Whether there is an event; false after a long silence.</summary>
    /// <exception cref="DockerException">The stream ended.</exception>
    private static async Task<bool> NextAsync(IAsyncEnumerator<EventLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.MoveNextAsync().ConfigureAwait(false)
                ? true
                : throw new DockerException(DockerException.Unavailable, "The Docker Engine ended its stream of events.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static ContainerEvent? Read(EventLine line) =>
        Kind(line.Action ?? "") is var kind and not ContainerEventKind.Unknown
        && line is { Actor: { ID: { Length: > 0 } id, Attributes: { } attributes } }
        && attributes.TryGetValue("name", out var name) && !string.IsNullOrWhiteSpace(name)
            ? new ContainerEvent
            {
                Id = id,
                Name = name,
                Kind = kind,
                At = DateTimeOffset.UnixEpoch.AddTicks(line.TimeNano / TimeSpan.NanosecondsPerTick),
                ExitCode = kind == ContainerEventKind.Exited ? ExitCode(attributes.GetValueOrDefault("exitCode")) : null,
            }
            : null;

    private static int? ExitCode(string? text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code) ? code : null;

    private static ContainerEventKind Kind(string action) => action switch
    {
        "start" => ContainerEventKind.Started,
        "die" => ContainerEventKind.Exited,
        "oom" => ContainerEventKind.OutOfMemory,
        "pause" => ContainerEventKind.Paused,
        "unpause" => ContainerEventKind.Resumed,
        "health_status: healthy" => ContainerEventKind.Healthy,
        "health_status: unhealthy" => ContainerEventKind.Unhealthy,
        "destroy" => ContainerEventKind.Removed,
        _ => ContainerEventKind.Unknown,
    };

    private static long Nanoseconds(DateTimeOffset time) => Math.Max(0, (time - DateTimeOffset.UnixEpoch).Ticks) * TimeSpan.NanosecondsPerTick;

    /// <summary>The engine's own clock: this machine's may differ.</summary>
    private async Task<DateTimeOffset> EngineTimeAsync(CancellationToken cancellationToken) =>
        (await http.SendAsync(new DockerCall(HttpMethod.Get, "/info"), WireJson.Default.SystemAnswer, cancellationToken).ConfigureAwait(false)).SystemTime
        ?? throw new DockerException(DockerException.Protocol, "The Docker Engine does not tell its time.");
}
