using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Local;

[UnsupportedOSPlatform("windows")]
public sealed class ProcessEngineOptionsTests
{
    [Fact]
    public void Every_wrong_setting_is_told()
    {
        var options = new ProcessEngineOptions { StateDirectory = "relative", MaxLogBytes = 1, PollInterval = TimeSpan.Zero };

        var result = new ProcessEngineOptionsValidator().Validate(null, options);

        Assert.Equal(3, result.Failures!.Count());
        Assert.True(new ProcessEngineOptionsValidator().Validate(null, new ProcessEngineOptions()).Succeeded);
    }

    [Fact]
    public async Task It_is_registered_once_and_with_its_settings()
    {
        using var directory = new TemporaryDirectory();
        var services = new ServiceCollection().AddLogging().AddProcessEngine(options => options.StateDirectory = directory.Path).AddProcessEngine();
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        var engine = Assert.Single(provider.GetServices<IContainerEngine>());

        Assert.Equal("process", engine.Name);
        Assert.Empty(await engine.ListAsync(ValueMap.Empty, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_wrong_setting_stops_the_engine()
    {
        await using var provider = new ServiceCollection().AddProcessEngine(options => options.MaxLogBytes = 0).BuildServiceProvider();

        Assert.Throws<OptionsValidationException>(() => provider.GetServices<IContainerEngine>().ToList());
    }

    [Fact]
    public async Task A_directory_that_others_may_write_is_refused()
    {
        using var directory = new TemporaryDirectory();
        File.SetUnixFileMode(directory.Path, (UnixFileMode)0b111_111_111);
        await using var engine = ProcessSandbox.Engine(directory.Path);

        var error = await Assert.ThrowsAsync<ProcessEngineException>(async () => await engine.CreateAsync(ProcessRig.Specification("true"), TestContext.Current.CancellationToken));

        Assert.Equal(ProcessEngineException.StateUnusable, error.Code);
    }
}
