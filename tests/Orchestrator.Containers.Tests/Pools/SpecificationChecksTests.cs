namespace Orchestrator.Containers.Pools;

/// <summary>What no instance may be given.</summary>
public sealed class SpecificationChecksTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/run")]
    [InlineData("/var/run/")]
    [InlineData("/var")]
    [InlineData("/srv/../run")]
    [InlineData("/run/user/1000")]
    [InlineData("/srv/engines/docker.sock")]
    public void A_directory_in_which_an_engines_socket_lies_is_refused(string source)
    {
        var errors = new PoolErrors();

        SpecificationChecks.Check(new ContainerPoolOptions { Image = "image", Mounts = [new ContainerMount(source, "/work")] }, "Pools:agents", errors);

        Assert.Contains("whole machine", Assert.Single(errors.All), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_directories_may_be_mounted()
    {
        var errors = new PoolErrors();

        SpecificationChecks.Check(new ContainerPoolOptions { Image = "image", Mounts = [new ContainerMount("/run/agents", "/work")] }, "Pools:agents", errors);

        Assert.Empty(errors.All);
    }
}
