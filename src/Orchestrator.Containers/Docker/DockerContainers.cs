using System.Globalization;
using WireJson = Orchestrator.Containers.Docker.Wire.DockerJsonContext;

namespace Orchestrator.Containers.Docker;

/// <summary>The calls about instances.</summary>
internal sealed class DockerContainers(DockerHttp http)
{
    private static readonly TimeSpan RemovalPoll = TimeSpan.FromMilliseconds(20);

    public async Task<string> CreateAsync(ContainerSpecification specification, CancellationToken cancellationToken)
    {
        var body = ContainerBodies.From(specification, http.Options);
        var call = new DockerCall(HttpMethod.Post, $"/containers/create?name={DockerCall.Id(specification.Name)}")
        {
            NotFoundCode = DockerException.ImageNotFound,
            ConflictCode = DockerException.NameTaken,
        };
        var answer = await http.SendAsync(call.With(body, WireJson.Default.ContainerBody), WireJson.Default.IdAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Id is { Length: > 0 } id ? id : throw new DockerException(DockerException.Protocol, "The Docker Engine created an instance without an id.");
    }

    public Task StartAsync(string id, CancellationToken cancellationToken) => PostAsync(id, "/start", cancellationToken);

    public Task PauseAsync(string id, CancellationToken cancellationToken) => PostAsync(id, "/pause", cancellationToken);

    public async Task ResumeAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await PostAsync(id, "/unpause", cancellationToken).ConfigureAwait(false);
        }
        catch (DockerException error) when (error.Code == DockerException.Failed)
        {
            // Docker Engine 20.10 answers 500 where the instance is not frozen; newer ones answer 409.
            if (await InspectAsync(id, cancellationToken).ConfigureAwait(false) is { State: ContainerState.Paused })
            {
                throw;
            }

            throw new DockerException(DockerException.NotRunning, $"Instance {id} is not frozen.", error) { StatusCode = error.StatusCode };
        }
    }

    /// <summary>Stops: with the image's signal and then by force, or at once. Returns when the program has ended.</summary>
    public async Task StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (grace > TimeSpan.Zero)
        {
            var seconds = (long)Math.Ceiling(grace.TotalSeconds);
            var call = DockerCall.Container(HttpMethod.Post, id, string.Create(CultureInfo.InvariantCulture, $"/stop?t={seconds}"));
            await http.SendAsync(call with { ExtraTime = grace }, cancellationToken).ConfigureAwait(false);
            return;
        }

        await KillAsync(id, cancellationToken).ConfigureAwait(false);
        var wait = DockerCall.Container(HttpMethod.Post, id, "/wait?condition=not-running");
        try
        {
            await http.SendAsync(wait, WireJson.Default.WaitAnswer, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerException error) when (error.Code == DockerException.NotFound)
        {
            // It has ended, and somebody else has removed it since.
        }
    }

    /// <summary>Kills at once; no error when it does not run.</summary>
    public async Task KillAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await PostAsync(id, "/kill?signal=KILL", cancellationToken).ConfigureAwait(false);
        }
        catch (DockerException error) when (error.Code == DockerException.NotRunning)
        {
            // It has ended already.
        }
    }

    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var call = DockerCall.Container(HttpMethod.Delete, id, "?force=1&v=1") with { ConflictCode = DockerException.Conflict };
            await http.SendAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerException error) when (error.Code == DockerException.NotFound)
        {
            // It is gone already.
        }
        catch (DockerException error) when (error.Code == DockerException.Conflict)
        {
            await UntilGoneAsync(id, error, cancellationToken).ConfigureAwait(false); // Somebody else is removing it.
        }
    }

    public async Task<ContainerStatus?> InspectAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var call = DockerCall.Container(HttpMethod.Get, id, "/json");
            return ContainerStates.From(await http.SendAsync(call, WireJson.Default.ContainerAnswer, cancellationToken).ConfigureAwait(false), http.RemoteHost);
        }
        catch (DockerException error) when (error.Code == DockerException.NotFound)
        {
            return null;
        }
    }

    public async Task<ValueList<ContainerStatus>> ListAsync(ValueMap labels, CancellationToken cancellationToken)
    {
        var filters = DockerCall.Filters(new() { ["label"] = DockerCall.Labels(labels) });
        var call = new DockerCall(HttpMethod.Get, $"/containers/json?all=1&filters={filters}");
        var rows = await http.SendAsync(call, WireJson.Default.ContainerRowArray, cancellationToken).ConfigureAwait(false);
        return rows.Select(row => ContainerStates.From(row, http.RemoteHost)).ToValueList();
    }

    public async Task<ContainerUsage?> UsageAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var call = DockerCall.Container(HttpMethod.Get, id, "/stats?stream=false&one-shot=true");
            var stats = await http.SendAsync(call, WireJson.Default.StatsAnswer, cancellationToken).ConfigureAwait(false);
            if (stats is not { Processes.Current: > 0 and var processes, Memory: { } memory })
            {
                return null;
            }

            var droppable = memory.Stats is { } cache ? Math.Max(cache.InactiveFile, cache.TotalInactiveFile) : 0;
            var used = memory.Usage > droppable ? memory.Usage - droppable : memory.Usage;
            var time = TimeSpan.FromTicks((long)((stats.Processor?.Usage?.Nanoseconds ?? 0) / TimeSpan.NanosecondsPerTick));
            return new ContainerUsage(time, (long)Math.Min(used, long.MaxValue), (int)Math.Min(processes, int.MaxValue));
        }
        catch (DockerException error) when (error.Code == DockerException.NotFound)
        {
            return null;
        }
    }

    private Task PostAsync(string id, string rest, CancellationToken cancellationToken) =>
        http.SendAsync(DockerCall.Container(HttpMethod.Post, id, rest), cancellationToken);

    private async Task UntilGoneAsync(string id, DockerException conflict, CancellationToken cancellationToken)
    {
        var began = http.Time.GetTimestamp();
        while (await InspectAsync(id, cancellationToken).ConfigureAwait(false) is not null)
        {
            if (http.Time.GetElapsedTime(began) > http.Options.CallTimeout)
            {
                throw conflict;
            }

            await Task.Delay(RemovalPoll, http.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
