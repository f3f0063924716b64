using Orchestrator.Queue.Presence;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests.Presence;

public sealed class WorkerPresenceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_living_worker_is_not_found_dead()
    {
        using var first = Acquire("worker-1");
        using var second = Acquire("worker-2");

        Assert.Empty(first.FindDead());
        Assert.Empty(second.FindDead());
    }

    [Fact]
    public void A_file_that_nobody_holds_is_a_dead_worker_that_only_one_other_finds()
    {
        using var first = Acquire("worker-1");
        using var second = Acquire("worker-2");
        _directory.Write("worker-3.lock", "");

        using (var dead = Assert.Single(first.FindDead()))
        {
            Assert.Equal("worker-3", dead.Id);
            Assert.Empty(second.FindDead());
        }

        using var found = Assert.Single(second.FindDead());
        found.Forget();
        Assert.False(File.Exists(_directory.Combine("worker-3.lock")));
        Assert.Empty(first.FindDead());
    }

    [Fact]
    public void A_worker_that_ended_gracefully_leaves_no_file()
    {
        var presence = Acquire("worker-1");
        presence.Acquire();
        Assert.True(File.Exists(_directory.Combine("worker-1.lock")));

        presence.Dispose();
        presence.Dispose();

        Assert.Empty(Directory.EnumerateFiles(_directory.Path));
    }

    [Fact]
    public void Files_that_are_not_ours_are_left_alone()
    {
        using var presence = Acquire("worker-1");
        _directory.Write(".lock", "");
        _directory.Write("not a worker.lock", "");
        _directory.Write("worker-3.txt", "");

        Assert.Empty(presence.FindDead());
    }

    [Fact]
    public void Without_a_directory_nothing_is_shown_and_nobody_seen()
    {
        using var presence = new WorkerPresence(new WorkerIdentity { Id = "worker-1", WorkerName = "w" }, null);

        presence.Acquire();

        Assert.Empty(presence.FindDead());
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_a_clear_fault()
    {
        var file = _directory.Write("file", "");
        using var presence = new WorkerPresence(new WorkerIdentity { Id = "worker-1", WorkerName = "w" }, Path.Combine(file, "below"));

        var error = Assert.Throws<OrchestratorException>(presence.Acquire);

        Assert.Equal("queue.presence_unavailable", error.Code);
        Assert.Contains("PresenceDirectory", error.Message, StringComparison.Ordinal);
    }

    private WorkerPresence Acquire(string id)
    {
        var presence = new WorkerPresence(new WorkerIdentity { Id = id, WorkerName = id }, _directory.Path);
        presence.Acquire();
        return presence;
    }
}
