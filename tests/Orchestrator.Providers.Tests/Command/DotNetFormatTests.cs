using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Command;

public sealed class DotNetFormatTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_real_formatter_works_within_the_confinement()
    {
        Engines.Require("dotnet");
        using var repository = GitRepository.Init();
        repository.Write(".gitignore", "bin/\nobj/\n");
        repository.Write("App.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>\n");
        repository.Write("A.cs", "class A{int  x=1;int F( ){return x ;}}\n");
        repository.Commit("base");
        await using var host = new ProviderHost(providers => providers.AddCommand("format", options =>
        {
            options.Executable = "dotnet";
            options.Arguments = ["format", "whitespace", "{workspace}/App.csproj"];
            options.WritablePaths = ["~/.nuget", "~/.local/share/NuGet"];
        }));
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "format-1", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace);

        Assert.True(events[^1] is AgentCompleted, string.Join('\n', events) + (events[^1] as AgentFailed)?.Failure.Detail);
        Assert.Equal(["A.cs"], (await workspace.CollectAsync(Token)).Paths);
        Assert.Contains("class A { int x = 1;", GitRepository.Open(workspace.Workspace.Directory).Read("A.cs"), StringComparison.Ordinal);
    }
}
