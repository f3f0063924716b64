using Orchestrator.Containers.Reconciling;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Pools;

/// <summary>Directories of the host that one instance alone sees.</summary>
public sealed class InstanceDirectoriesTests : IDisposable
{
    private const string Instance = "agents-0000000a";

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Own => _folder.Combine("shares", Instance);

    [Fact]
    public void They_are_made_empty_for_their_user_alone_and_go_with_all_that_is_in_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no modes.");
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var directories = Directories();
        directories.Make(Instance, Cancel);
        Directory.CreateDirectory(Path.Combine(Own, "closed"));
        File.CreateSymbolicLink(Path.Combine(Own, "link"), _folder.Path);
        File.SetUnixFileMode(Path.Combine(Own, "closed"), UnixFileMode.None);

        directories.Make(Instance, Cancel);

        Assert.Empty(Directory.EnumerateFileSystemEntries(Own));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Own));

        directories.Remove(Instance, Cancel);

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Combine("shares")));
    }

    [Fact]
    public void What_instances_left_that_are_gone_is_swept_and_nothing_else()
    {
        Directories().Make(Instance, Cancel);
        Directories().Make("agents-0000000b", Cancel);
        Directories().Make("agents-0000000c", Cancel);
        Directory.Move(_folder.Combine("shares", "agents-0000000c"), _folder.Combine("shares", ".gone-agents-0000000c"));
        Directories(owner: "another").Make("agents-0000000e", Cancel);
        Directories(pool: "others").Make("others-0000000d", Cancel);
        Directory.CreateDirectory(_folder.Combine("shares", "agents-0000000f"));

        Directories().Sweep(new HashSet<string> { Instance }, Cancel);

        Assert.Equal([Instance, "agents-0000000e", "agents-0000000f", "others-0000000d"], Directory.GetDirectories(_folder.Combine("shares")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(3, Directory.GetFiles(_folder.Combine("shares")).Length);
    }

    [Fact]
    public void A_name_that_no_pool_gives_removes_nothing()
    {
        var other = _folder.Combine("other");
        Directory.CreateDirectory(other);
        Directory.CreateDirectory(_folder.Combine("shares"));

        Directories().Remove("../other", Cancel);

        Assert.True(Directory.Exists(other));
    }

    [Fact]
    public void An_instance_is_made_with_its_own_name_in_source_and_target_and_never_as_root()
    {
        var specification = new PoolSpecification("agents", "owner", Options()).For(Instance);

        Assert.Equal([new ContainerMount(Own, Own, ReadOnly: false)], specification.Mounts);
        Assert.True(InstanceOwner.Parse(specification.User!) is { User: not 0 });
    }

    [Theory]
    [InlineData("/srv/{instance}/work", null)]
    [InlineData("/srv/a-{instance}", null)]
    [InlineData("/srv/{instance}", "root")]
    [InlineData("/srv/{instance}", "0:0")]
    [InlineData("/srv/{instance}", "1000")]
    public void Settings_that_cannot_be_kept_are_refused_at_start(string source, string? user)
    {
        var errors = new PoolErrors();
        var pool = new ContainerPoolOptions { Image = "image", Mounts = [new ContainerMount(source, "/work")], User = user };

        SpecificationChecks.Check(pool, "Pools:agents", errors);

        Assert.Contains("{instance}", Assert.Single(errors.All), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private InstanceDirectories Directories(string owner = "owner", string pool = "agents") => new(Options(), owner, pool);

    private ContainerPoolOptions Options()
    {
        var source = _folder.Combine("shares", InstanceDirectories.Placeholder);
        return new ContainerPoolOptions { Image = "image", Mounts = [new ContainerMount(source, source, ReadOnly: false)] };
    }
}
