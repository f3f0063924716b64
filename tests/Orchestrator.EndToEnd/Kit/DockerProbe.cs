using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>Looks at the Docker Engine from beside: what its interface says of the containers of one pool, word for word.</summary>
internal sealed class DockerProbe : IDisposable
{
    private const string Variable = "ORCHESTRATOR_DOCKER=";

    private readonly HttpClient _client;

    public DockerProbe()
    {
        var file = Path.Combine(Engines.Cache, "docker.env");
        var found = Environment.GetEnvironmentVariable(Variable[..^1]) is { Length: > 0 } configured
            ? configured
            : !File.Exists(file) ? null
            : Array.Find(File.ReadAllLines(file), line => line.StartsWith(Variable, StringComparison.Ordinal))?[Variable.Length..].Trim('"', '\'');
        if (found is null)
        {
            const string Reason = "docker is missing; install with: eng/engines.sh docker codex && eng/test-images.sh codex factory";
            Assert.SkipUnless(Engines.AreRequired, Reason);
            Assert.Fail(Reason);
        }

        Endpoint = found;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Endpoint["unix://".Length..]), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new Uri("http://docker") };
    }

    public string Endpoint { get; }

    /// <summary>The name of an image of <c>eng/test-images.sh</c>; skips or fails the test when the engine has not got it.</summary>
    public async Task<string> RequireImageAsync(string name)
    {
        using var script = Process.Start(new ProcessStartInfo("bash", [RepositoryRoot.Combine("eng", "test-images.sh"), "--name", name]) { RedirectStandardOutput = true })!;
        var image = (await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var answer = await _client.GetAsync(new Uri($"/images/{image}/json", UriKind.Relative), TestContext.Current.CancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            var reason = $"the image {image} is missing; make it with: eng/test-images.sh {name}";
            Assert.SkipUnless(Engines.AreRequired, reason);
            Assert.Fail(reason);
        }

        return image;
    }

    /// <summary>The ids of a pool's containers, also of those that do not run.</summary>
    public async Task<IReadOnlyList<string>> ContainersAsync(string pool)
    {
        var filters = Uri.EscapeDataString($"{{\"label\":[\"orchestrator.pool={pool}\"]}}");
        using var list = JsonDocument.Parse(await GetAsync($"/containers/json?all=true&filters={filters}"));
        return [.. list.RootElement.EnumerateArray().Select(container => container.GetProperty("Id").GetString()!)];
    }

    /// <summary>What the engine says of a container, with its log, its running commands and its image.</summary>
    public async Task<string> DescribeAsync(string id)
    {
        var inspected = await GetAsync($"/containers/{id}/json");
        using var container = JsonDocument.Parse(inspected);
        var image = container.RootElement.GetProperty("Image").GetString();
        var commands = container.RootElement.GetProperty("ExecIDs") is { ValueKind: JsonValueKind.Array } running ? running.EnumerateArray().Select(one => one.GetString()!).ToList() : [];
        var parts = new List<string> { inspected, await GetAsync($"/containers/{id}/logs?stdout=true&stderr=true"), await GetAsync($"/images/{image}/json"), await GetAsync($"/images/{image}/history") };
        foreach (var command in commands)
        {
            using var answer = await _client.GetAsync(new Uri($"/exec/{command}/json", UriKind.Relative), TestContext.Current.CancellationToken);
            parts.Add(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)); // It may have ended meanwhile.
        }

        return string.Join('\n', parts);
    }

    public async Task KillAsync(string id)
    {
        using var answer = await _client.PostAsync(new Uri($"/containers/{id}/kill", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async Task RemoveAsync(string id)
    {
        using var answer = await _client.DeleteAsync(new Uri($"/containers/{id}?force=true", UriKind.Relative), CancellationToken.None);
    }

    public void Dispose() => _client.Dispose();

    private async Task<string> GetAsync(string path)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
