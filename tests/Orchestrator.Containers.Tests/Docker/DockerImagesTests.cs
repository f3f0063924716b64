using System.Text;
using Orchestrator.Containers.Engines;

namespace Orchestrator.Containers.Docker;

[Trait("Engine", "Docker")]
public sealed class DockerImagesTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_imported_image_is_known_and_runs_until_it_is_removed()
    {
        await using var sandbox = DockerServer.Open();
        using var engine = DockerServer.Connect();
        var image = $"orchestrator-test/imported:{EngineSandbox.Unique()}";
        try
        {
            await engine.Images.ImportAsync(TestImage.WithBusyboxAs("echo"), image, ["ENV PATH=/bin", "ENTRYPOINT [\"echo\", \"from the image\"]", "CMD [\"and its words\"]"], Cancellation);
            var known = await engine.Images.InspectAsync(image, Cancellation);
            var own = await sandbox.StartAsync(sandbox.Specification("") with { Image = image, Command = null });
            var other = await sandbox.StartAsync(sandbox.Specification("") with { Image = image, Command = new CommandLine { Executable = "/bin/echo" } });

            Assert.Equal([image], known!.RepoTags!);
            Assert.Equal(["from the image and its words"], await sandbox.LogsAsync(own, follow: true));
            Assert.Equal([""], await sandbox.LogsAsync(other, follow: true));
        }
        finally
        {
            await sandbox.DisposeAsync();
            await engine.Images.RemoveAsync(image, Cancellation);
            await engine.Images.RemoveAsync(image, Cancellation);
        }

        Assert.Null(await engine.Images.InspectAsync(image, Cancellation));
    }

    [Fact]
    public async Task A_saved_image_is_loaded_again()
    {
        using var engine = DockerServer.Connect();
        using var raw = DockerServer.RawClient();
        using var saved = new MemoryStream(await raw.GetByteArrayAsync(new Uri($"http://docker/v1.41/images/{DockerServer.Image}/get"), Cancellation));

        await engine.Images.LoadAsync(saved, Cancellation);

        Assert.NotNull(await engine.Images.InspectAsync(DockerServer.Image, Cancellation));
    }

    [Fact]
    public async Task What_is_no_archive_is_refused()
    {
        using var engine = DockerServer.Connect();
        using var garbage = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("garbage ", 1000))));

        var error = await Assert.ThrowsAsync<DockerException>(async () => await engine.Images.LoadAsync(garbage, Cancellation));

        Assert.True(error.Code is DockerException.Refused or DockerException.Failed, error.Code);
    }

    [Fact]
    public async Task An_instance_of_a_missing_image_is_not_made()
    {
        await using var sandbox = DockerServer.Open();

        var error = await Assert.ThrowsAsync<DockerException>(
            async () => await sandbox.Engine.CreateAsync(sandbox.Specification("true") with { Image = "orchestrator-test/missing:9" }, sandbox.Cancellation));

        Assert.Equal(DockerException.ImageNotFound, error.Code);
    }

    [Theory]
    [InlineData("../containers/a")]
    [InlineData("a/../../info")]
    [InlineData("a?x")]
    [InlineData("")]
    public async Task A_name_cannot_lead_a_call_elsewhere(string name)
    {
        await using var peer = new RawPeer(RawPeer.Json("{}"));
        using var engine = peer.Connect();

        Assert.Null(await engine.Images.InspectAsync(name, Cancellation));
        Assert.Empty(peer.Requests);
    }

    [Fact]
    public async Task An_error_after_the_answer_began_is_not_overlooked()
    {
        await using var peer = new RawPeer(RawPeer.Json("{\"status\":\"Loading\"}\n{\"errorDetail\":{\"message\":\"no\"},\"error\":\"no space left\"}\n"));
        using var engine = peer.Connect();
        using var archive = new MemoryStream([1]);

        var error = await Assert.ThrowsAsync<DockerException>(async () => await engine.Images.LoadAsync(archive, Cancellation));

        Assert.EndsWith("no space left", error.Message, StringComparison.Ordinal);
    }
}
