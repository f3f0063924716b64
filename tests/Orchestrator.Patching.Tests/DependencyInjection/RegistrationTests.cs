using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Orchestrator.Patching;

public sealed class RegistrationTests
{
    [Fact]
    public void Adding_twice_is_adding_once_and_both_configurations_count()
    {
        var services = new ServiceCollection();
        services.AddPatchManager(options => options.MaxFiles = 7);
        services.AddPatchManager(options => options.MaxEdits = 8);
        using var provider = services.BuildServiceProvider();

        Assert.Single(provider.GetServices<IPatchManager>());
        Assert.Single(provider.GetServices<IValidateOptions<PatchOptions>>());
        var options = provider.GetRequiredService<IOptions<PatchOptions>>().Value;
        Assert.Equal((7, 8), (options.MaxFiles, options.MaxEdits));
    }

    [Fact]
    public void Bad_options_fail_with_every_error()
    {
        var services = new ServiceCollection();
        services.AddPatchManager(options =>
        {
            options.MaxFiles = 0;
            options.LockTimeout = TimeSpan.FromDays(-1);
            options.JournalDirectory = "relative";
            options.ProtectedPaths.Add("/absolute");
        });
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IPatchManager>);

        Assert.Equal(4, error.Failures.Count());
        Assert.Throws<ArgumentException>(() => new PatchManager(new PatchOptions { KeepApplications = 0 }));
    }
}
