using System.Text.Json;
using Orchestrator.Containers.Engines;

namespace Orchestrator.Containers.Docker;

/// <summary>An image that can do nothing but sleep, and instances of it; both go with it.</summary>
internal sealed class ShelllessImage : IAsyncDisposable
{
    private readonly HttpClient _client = DockerServer.RawClient();

    private ShelllessImage()
    {
    }

    public string Name { get; } = $"orchestrator-test/no-shell:{EngineSandbox.Unique()}";

    public DockerEngine Engine { get; } = DockerServer.Connect();

    public EngineSandbox Sandbox { get; } = DockerServer.Open();

    public ContainerSpecification Specification => Sandbox.Specification("") with { Image = Name, Command = Sleep("1000").Command };

    public static ContainerCommand Sleep(string seconds) => new() { Command = new CommandLine { Executable = "sleep", Arguments = [seconds] } };

    public static async Task<ShelllessImage> ImportAsync()
    {
        var image = new ShelllessImage();
        await image.Engine.Images.ImportAsync(TestImage.WithBusyboxAs("sleep"), image.Name, ["ENV PATH=/bin"], image.Sandbox.Cancellation);
        return image;
    }

    /// <summary>Until so many processes run in an instance; its init process and its own program are two.</summary>
    public async Task UntilProcessesAsync(string id, int count)
    {
        while ((await Sandbox.Engine.GetUsageAsync(id, Sandbox.Cancellation))!.Processes < count)
        {
            await Task.Yield();
        }
    }

    /// <summary>How many commands that sleep run in an instance now; 0 when it is gone.</summary>
    public async Task<int> CountCommandsAsync(string id)
    {
        var count = 0;
        using var instance = await ReadAsync($"containers/{id}/json");
        if (instance?.RootElement.GetProperty("ExecIDs") is { ValueKind: JsonValueKind.Array } runs)
        {
            foreach (var run in runs.EnumerateArray())
            {
                using var command = await ReadAsync($"exec/{run.GetString()}/json");
                count += command?.RootElement is { } found && found.GetProperty("Running").GetBoolean() && found.GetProperty("ProcessConfig").GetProperty("entrypoint").GetString() == "sleep" ? 1 : 0;
            }
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        await Engine.Images.RemoveAsync(Name, CancellationToken.None);
        Engine.Dispose();
        _client.Dispose();
    }

    private async Task<JsonDocument?> ReadAsync(string path)
    {
        using var answer = await _client.GetAsync(new Uri($"http://docker/{path}"), Sandbox.Cancellation);
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Sandbox.Cancellation)) : null;
    }
}
