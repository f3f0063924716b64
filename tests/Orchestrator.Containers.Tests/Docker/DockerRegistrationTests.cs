using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Orchestrator.Containers.Docker;

public sealed class DockerRegistrationTests
{
    [Fact]
    public async Task Adding_it_twice_gives_one_engine_with_both_settings()
    {
        var services = new ServiceCollection();
        services.AddDockerEngine(options => options.Endpoint = "unix:///run/a.sock");
        services.AddDockerEngine(options => options.CallTimeout = TimeSpan.FromSeconds(9));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("docker", Assert.Single(provider.GetServices<IContainerEngine>()).Name);
        var options = provider.GetRequiredService<IOptions<DockerEngineOptions>>().Value;
        Assert.Equal(("unix:///run/a.sock", TimeSpan.FromSeconds(9)), (options.Endpoint, options.CallTimeout));
    }

    [Fact]
    public async Task Bad_settings_fail_at_start()
    {
        var services = new ServiceCollection();
        services.AddDockerEngine(options => options.Endpoint = "tcp://10.0.0.1:2375");
        await using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("Endpoint", error.Message, StringComparison.Ordinal);
    }
}
