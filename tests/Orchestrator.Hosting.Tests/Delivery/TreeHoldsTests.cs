using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.Delivery;

public sealed class TreeHoldsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_tree_is_held_by_one_at_a_time_and_other_trees_are_free()
    {
        var holds = Holds();
        var token = TestContext.Current.CancellationToken;

        using var first = await holds.EnterAsync("/repository", token);
        using var other = await holds.EnterAsync("/other", token);
        var second = Holds().EnterAsync("/repository/", token).AsTask();

        Assert.False(second.IsCompleted);
        first.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1));
        using var entered = await second;
        Assert.Null(entered.Pending);
    }

    [Fact]
    public async Task What_was_begun_and_not_ended_is_found_by_the_next_holder_and_only_when_nobody_holds_it()
    {
        var token = TestContext.Current.CancellationToken;
        var record = new TreeRecord { Repository = "/repository", TaskId = "task-1", ExecutionId = "execution-1", ApplicationId = "application-1", Verifying = true };
        using (var hold = await Holds().EnterAsync("/repository", token))
        {
            hold.Begin(record);
            Assert.Empty(Holds().FindAbandoned());
            Assert.Null(Holds().TryEnterAbandoned("/repository"));
        }

        Assert.Null(Holds().TryEnterAbandoned("/other"));

        using var found = Assert.Single(Holds().FindAbandoned());

        Assert.Equal(record, found.Pending);
        found.End();
        Assert.False(Holds().IsPending("/repository"));
    }

    [Fact]
    public async Task A_record_of_another_version_counts_as_none()
    {
        var token = TestContext.Current.CancellationToken;
        (await Holds().EnterAsync("/repository", token)).Dispose();
        var lockFile = Assert.Single(Directory.GetFiles(Path.Combine(_directory.Path, "trees")));
        await File.WriteAllTextAsync(Path.ChangeExtension(lockFile, ".json"), "{", token);

        using var hold = await Holds().EnterAsync("/repository", token);

        Assert.Null(hold.Pending);
    }

    public void Dispose() => _directory.Dispose();

    private TreeHolds Holds() => new(new OrchestratorState(_directory.Path), _time);
}
